"""It speaks unasked: when, over whom, until when, and what ends it."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from edgevoice.audio.chunk import AudioChunk, samples_of
from edgevoice.audio.tone import Earcon
from edgevoice.config import HOME, ReplyConfig, SttConfig
from edgevoice.dialog.attention import Mode, Signal
from edgevoice.dialog.events import (
    Announced,
    DraftDropped,
    ReplyStarted,
    SpeechEnded,
    SpeechStarted,
    TurnDone,
    TurnStarted,
)
from edgevoice.engines.scripted import ScriptedWakeWord
from edgevoice.phrases_file import load_claims
from edgevoice.report import Journal
from edgevoice.responders.writers import ChatWriter
from edgevoice.skills.builtin.timers import timer_tools
from edgevoice.skills.intents import load_intents
from edgevoice.skills.ringing import Ringer
from edgevoice.skills.schedule import After, Entry, Kind
from edgevoice.skills.situation import Understanding
from edgevoice.skills.toolbox import Toolbox
from edgevoice.skills.writer import SkilledWriter
from edgevoice.transports.caller import Cue, Line
from tests.talk import CUE, Talk, clip, moment, silence

RING = AudioChunk(np.full(samples_of(250), 33, np.int16), 16_000)
PASTA = "Your pasta timer is done."
SECOND = samples_of(1_000)
CLAIMS = load_claims(HOME / "edgevoice/languages/en-claims.yaml")


def kitchen(seconds: int = 3, label: str = "pasta") -> Ringer:
    ringer = Ringer(None, moment, ZoneInfo("UTC"))
    ringer.add(Kind.TIMER, After(seconds, moment()), label)
    return ringer


@dataclass
class Rung(Talk):
    """A conversation in which a timer rings."""

    ringer: Ringer = field(default_factory=kitchen)

    def __post_init__(self) -> None:
        self.bell = self.ringer

    def skilled(self, chat: ChatWriter, journal: Journal) -> SkilledWriter:
        """Sets timers by what is said."""
        intents = load_intents(HOME / "edgevoice/languages/en-intents.yaml")
        understanding = Understanding(lambda _: None, intents)
        tools = Toolbox(timer_tools(self.ringer))
        return SkilledWriter(chat, tools, understanding, CLAIMS, journal)

    @property
    def rings(self) -> list[float]:
        """When it was begun to say it, in seconds."""
        return [what.at / SECOND for what in self.log if isinstance(what, Announced)]

    @property
    def told(self) -> list[str]:
        """What was heard of our replies, in order."""
        return [what.heard for what in self.log if isinstance(what, TurnDone)]

    @property
    def all(self) -> list[Entry]:
        """The timers that still run, or ring."""
        return self.ringer.pending(Kind.TIMER)

    @property
    def left(self) -> list[str]:
        """Their labels."""
        return [entry.words for entry in self.all]


def test_a_timer_rings_though_nobody_speaks() -> None:
    talk = Rung([silence(12)], [], []).hold()

    assert talk.told == [PASTA]
    assert talk.rings == [pytest.approx(3, abs=0.05)]
    assert talk.said == []  # it belongs to no conversation


def test_it_rings_until_somebody_answers() -> None:
    line = Line(clip(700), "thanks", Cue.LINE_ENDED, 0)
    talk = Rung([silence(30), line, silence(40)], ["thanks"], ["You're welcome."]).hold()

    assert talk.told == [PASTA, PASTA, "You're welcome."]
    first, second = talk.rings
    assert 15 <= second - first <= 18
    assert talk.left == []


def test_it_waits_until_the_person_has_finished_and_was_answered() -> None:
    line = Line(clip(4_000), "a long question", Cue.LINE_ENDED, 1_000)
    talk = Rung([line, silence(8)], ["a long question"], ["A short answer."]).hold()

    assert talk.told == ["A short answer.", PASTA]
    ended = next(what.at for what in talk.log if isinstance(what, SpeechEnded))
    assert talk.rings[0] > ended / SECOND
    assert talk.said[-1] == ("assistant", f"A short answer. {PASTA}")


def kitchen_of_words(lines: list[Line], words: list[str]) -> Rung:
    """A conversation about timers, of which there is none at first."""
    talk = Rung(lines, words, [], ringer=Ringer(None, moment, ZoneInfo("UTC")), all_used=False)
    talk.writer = talk.skilled
    return talk.hold()


def test_what_was_asked_for_rings_in_time() -> None:
    line = Line(clip(1_500), None, Cue.LINE_ENDED, 500)
    talk = kitchen_of_words([line, silence(18)], ["set a timer for ten seconds"])

    assert talk.told == ["Timer set for 10 seconds.", "Your timer of 10 seconds is done."]
    began = next(what.at for what in talk.log if isinstance(what, TurnStarted))
    assert talk.rings == [pytest.approx(began / SECOND + 10, abs=0.2)]


def test_in_a_draft_no_timer_is_set() -> None:
    line = Line(clip(2_500, 1_200, 250), None, Cue.LINE_ENDED, 500)
    talk = kitchen_of_words(
        [line, silence(4)], ["set a timer for ten seconds", "set a timer for ten minutes"]
    )

    assert any(isinstance(what, DraftDropped) for what in talk.log)
    assert talk.told == ["Timer set for 10 minutes."]
    assert [entry.when.left(talk.ringer.now) > 500 for entry in talk.all] == [True]


def test_cancel_the_timer_means_the_one_that_rings() -> None:
    cancel = Line(clip(900), None, Cue.REPLY_STARTED, 400)
    talk = Rung(
        [silence(2), cancel, silence(40)],
        ["cancel the timer"],
        [],
        ringer=kitchen(label="pasta"),
    )
    talk.ringer.add(Kind.TIMER, After(600, moment()), "egg")
    talk.writer = talk.skilled
    talk.hold()

    assert talk.told[1:] == ["Your pasta timer is off."]
    assert talk.left == ["egg"]


def test_stop_ends_it_for_good() -> None:
    stop = Line(clip(500), "stop", Cue.REPLY_STARTED, 300)
    talk = Rung([stop, silence(40)], ["stop"], [], stt=SttConfig(partial_interval_ms=0)).hold()

    assert len(talk.rings) == 1
    assert PASTA.startswith(talk.told[0]) and talk.told[0] != PASTA
    assert talk.left == []


def test_stop_ends_it_for_good_by_its_sound_alone() -> None:
    """Where a look at the unfinished words, or enough voice, is what interrupts."""
    stop = Line(clip(900), "stop", Cue.REPLY_STARTED, 300)
    talk = Rung(
        [stop, silence(40)], ["stop"] * 4, [], stt=SttConfig(partial_interval_ms=300),
        all_used=False,
    ).hold()  # fmt: skip

    assert len(talk.rings) == 1
    assert talk.left == []


def test_an_mhm_lets_it_finish_and_counts_as_an_answer() -> None:
    mhm = Line(clip(250), "mhm", Cue.REPLY_STARTED, 300)
    talk = Rung([mhm, silence(40)], ["mhm"], []).hold()

    assert talk.told == [PASTA]
    assert talk.left == []


def test_a_noise_without_words_does_not_count() -> None:
    noise = Line(clip(250), "", Cue.REPLY_STARTED, 300)
    talk = Rung([noise, silence(20)], [""], []).hold()

    assert talk.told == [PASTA, PASTA]


def test_whoever_takes_the_floor_before_it_is_heard_has_not_heard_it() -> None:
    talk = Rung(
        [Line(clip(800), "what is this", Cue.LINE_ENDED, 2_980), silence(20)],
        ["what is this"],
        ["A kitchen."],
        tts_pace=0.4,  # the voice is slow to begin
    ).hold()

    started = next(what.at for what in talk.log if isinstance(what, SpeechStarted))
    assert talk.rings[0] < started / SECOND
    assert talk.told[:3] == ["", "A kitchen.", PASTA]


def test_a_new_question_over_it_is_answered_and_ends_it() -> None:
    line = Line(clip(1_500), "how long do eggs take", Cue.REPLY_STARTED, 300)
    talk = Rung([line, silence(40)], ["how long do eggs take"], ["Six minutes."]).hold()

    assert len(talk.rings) == 1
    assert talk.told[-1] == "Six minutes."
    assert talk.left == []


def test_asleep_it_rings_all_the_same_and_stop_ends_it() -> None:
    stop = Line(clip(500), "stop", Cue.REPLY_STARTED, 300)
    talk = Rung([stop, silence(40)], ["stop"], [], signals=[(0.5, Signal.SLEEP)]).hold()

    assert len(talk.rings) == 1
    assert talk.left == []
    assert talk.agent.attending.dozing


def test_asleep_no_chatter_of_others_ends_it() -> None:
    chatter = Line(clip(900), "did you see the match", Cue.LINE_ENDED, 0)
    talk = Rung(
        [silence(8), chatter, silence(15)],
        ["did you see the match"],
        [],
        signals=[(0.5, Signal.SLEEP)],
    ).hold()

    assert len(talk.rings) == 2


@pytest.mark.parametrize("signal", [Signal.PRESS, Signal.UNMUTE, Signal.WAKE])
def test_muted_it_rings_all_the_same_and_a_key_ends_it(signal: Signal) -> None:
    talk = Rung([silence(60)], [], [], signals=[(0.5, Signal.MUTE), (20.5, signal)]).hold()

    assert len(talk.rings) == 2
    assert talk.left == []


def test_push_to_talk_a_press_ends_it() -> None:
    talk = Rung([silence(40)], [], [], mode=Mode.PUSH_TO_TALK, signals=[(3.3, Signal.PRESS)]).hold()

    assert len(talk.rings) == 1
    assert talk.told[0] != PASTA
    assert talk.left == []


def test_our_name_alone_ends_it() -> None:
    talk = Rung(
        [silence(40)],
        [],
        [],
        mode=Mode.WAKE_WORD,
        wake_word=ScriptedWakeWord([samples_of(3_300)]),
    ).hold()

    assert len(talk.rings) == 1
    assert talk.left == []


def test_a_ring_tone_comes_first_and_nothing_is_said_to_be_late() -> None:
    talk = Rung(
        [silence(8)],
        [],
        [],
        earcons={Earcon.RING: RING, Earcon.THINKING: CUE},
        reply=ReplyConfig(cue_after_ms=300),
    ).hold()

    sounded = np.concatenate([piece.pcm for piece in talk.caller.sounded])
    assert (sounded[: len(RING.pcm)] == 33).all()
    assert len(sounded) == len(RING.pcm) + 400 * len(PASTA)
    assert talk.told == [PASTA]
    started = next(what.at for what in talk.log if isinstance(what, ReplyStarted))
    assert started / SECOND == pytest.approx(3.25, abs=0.1)


def test_nobody_waited_for_it_and_nobody_asked() -> None:
    """What was said before it is not what it answers, and the time since is no response time."""
    hello = Line(clip(800), "hello", Cue.LINE_ENDED, 0)
    talk = Rung([hello, silence(6)], ["hello"], ["Hi there."]).hold()

    asked, unasked = talk.turns
    assert asked.response_ms and not asked.unasked
    assert (unasked.user, unasked.heard, unasked.unasked) == ("", PASTA, True)
    assert unasked.response_ms is None
    assert set(unasked.stages_ms().values()) == {None}


def test_whoever_hears_the_tone_alone_has_not_heard_it() -> None:
    talk = Rung(
        [silence(25)],
        [],
        [],
        earcons={Earcon.RING: RING},
        signals=[(3.15, Signal.PRESS)],
    ).hold()

    assert talk.told[:2] == ["", PASTA]


def test_it_rings_on_when_the_settings_change() -> None:
    talk = Rung(
        [silence(40)],
        [],
        [],
        changes=[(8.0, lambda talk: setattr(talk, "prompt", "be brief"))],
        signals=[(22.0, Signal.PRESS)],
    ).hold()

    assert talk.taken_over
    assert talk.told == [PASTA, PASTA]
    assert talk.left == []
