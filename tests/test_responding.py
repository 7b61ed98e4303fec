"""What a responder is told besides the words: the person's voice, and how its reply ended."""

from dataclasses import dataclass, field

import numpy as np

from edgevoice.audio.chunk import AudioChunk, samples_of
from edgevoice.dialog.calls import ToolCall
from edgevoice.dialog.deeds import Deeds
from edgevoice.responders.base import Ending, Writer
from edgevoice.responders.local import LocalResponder, Speaker
from edgevoice.transports.caller import Cue, Line
from tests.talk import Talk, clip


@dataclass
class Ears:
    """Remembers what the responder is told."""

    voices: list[list[AudioChunk]] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)

    def responder(self, writer: Writer, speaker: Speaker) -> LocalResponder:
        ears = self

        class Listening(LocalResponder):
            def hear(self, chunk: AudioChunk, fresh: bool) -> None:
                if fresh:
                    ears.voices.append([])
                ears.voices[-1].append(chunk)

            def ended(self, ending: Ending) -> None:
                ears.endings.append(ending)

        return Listening(writer, speaker)


def test_it_hears_each_utterance_whole_and_nothing_between_them() -> None:
    ears = Ears()
    lines = [Line(clip(800), "a"), Line(clip(600), "b", ms=2_000)]
    talk = Talk(lines, ["a", "b"], ["Yes.", "No."], responder=ears.responder).hold()
    assert len(ears.voices) == 2
    for voice, spoken in zip(ears.voices, talk.caller.spoken, strict=True):
        ends = [chunk.end for chunk in voice]
        assert [chunk.start for chunk in voice[1:]] == ends[:-1], "no gap, nothing twice"
        assert voice[0].start <= spoken.start
        assert ends[-1] >= spoken.end
        heard = np.concatenate([chunk.pcm for chunk in voice])
        assert len(heard) < samples_of(2_500)


def test_it_is_told_how_much_of_its_reply_was_heard() -> None:
    ears = Ears()
    long = "One two three four five. " * 10
    lines = [Line(clip(400), "a"), Line(clip(900), "b", Cue.REPLY_STARTED, 1_000)]
    talk = Talk(lines, ["a", "b"], [long, "Yes."], responder=ears.responder).hold()
    assert [ending.interrupted for ending in ears.endings] == [True, False]
    assert [ending.heard for ending in ears.endings] == [turn.heard for turn in talk.turns]
    assert 900 < ears.endings[0].heard_ms < 1_400
    sound = 1000 * 400 * len("Yes.") / 16_000
    assert ears.endings[1].heard_ms == sound


def test_what_nobody_heard_is_remembered_only_where_it_changed_something() -> None:
    deeds = Deeds()
    deeds.begin(ToolCall("look", {}))
    deeds.begin(ToolCall("act", {"n": 1}), acts=True)
    assert [m.role for m in deeds.messages()] == ["assistant", "tool"] * 2
    (call, told) = deeds.messages(heard=False)
    assert call.calls[0].name == "act"
    assert "error" in told.content
