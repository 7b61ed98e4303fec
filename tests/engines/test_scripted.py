"""The fakes: a script is used up, and nothing beyond it."""

from threading import Event

import numpy as np
import pytest

from edgevoice.engines.base import Message, Transcript
from edgevoice.engines.scripted import (
    ScriptedChat,
    ScriptedTranscriber,
    ScriptedVad,
    ScriptedVoice,
    ScriptExceeded,
    ScriptNotUsedUp,
)
from edgevoice.errors import EngineError

FRAME = np.zeros(512, np.int16)
SOUND = np.ones(100, np.int16)
ASKED = [Message("user", "hello")]


def test_a_script_that_is_used_up_passes(go: Event) -> None:
    with ScriptedChat(["Hi."]) as chat:
        assert list(chat.stream(ASKED, go)) == ["Hi."]


@pytest.mark.parametrize(
    "fake",
    [
        ScriptedVad([(0, 100)]),
        ScriptedTranscriber(["hello"]),
        ScriptedChat(["Hi."]),
        ScriptedVoice(["Hi."]),
    ],
)
def test_a_script_that_is_not_used_up_fails(
    fake: ScriptedVad | ScriptedTranscriber | ScriptedChat | ScriptedVoice,
) -> None:
    with pytest.raises(ScriptNotUsedUp, match=rf"{type(fake).__name__}: 1 of 1 lines"), fake:
        pass


def test_what_went_wrong_on_the_way_is_the_better_message() -> None:
    with pytest.raises(ZeroDivisionError), ScriptedChat(["Hi."]):
        raise ZeroDivisionError


def test_asking_beyond_the_script_fails(go: Event) -> None:
    with pytest.raises(ScriptExceeded, match="ScriptedTranscriber: asked to transcribe 100"):
        ScriptedTranscriber([]).transcribe(SOUND)
    with pytest.raises(ScriptExceeded, match="ScriptedChat: asked for a reply to 1 messages"):
        next(ScriptedChat([]).stream(ASKED, go))
    with pytest.raises(ScriptExceeded, match="ScriptedVoice: asked to speak"):
        next(ScriptedVoice([]).synthesize("Hi.", go))


def test_an_exception_in_the_script_is_raised_in_its_turn(go: Event) -> None:
    broken = EngineError("it broke", "Mend it.")
    with ScriptedChat(["Hi.", broken, "Bye."]) as chat:
        assert list(chat.stream(ASKED, go)) == ["Hi."]
        with pytest.raises(EngineError, match="it broke"):
            list(chat.stream(ASKED, go))
        assert list(chat.stream(ASKED, go)) == ["Bye."]
    with ScriptedVad([broken]) as vad, pytest.raises(EngineError):
        vad(FRAME)
    with ScriptedTranscriber([broken]) as transcriber, pytest.raises(EngineError):
        transcriber.transcribe(SOUND)
    with ScriptedVoice([broken]) as voice, pytest.raises(EngineError):
        next(voice.synthesize("Hi.", go))


def test_a_frame_is_speech_when_half_of_it_is() -> None:
    with ScriptedVad([(256, 1024), (1537, 2048)]) as vad:
        heard = [vad(FRAME) > 0.5 for _ in range(5)]
    assert heard == [True, True, False, True, False]


def test_stretches_within_one_frame_add_up() -> None:
    with ScriptedVad([(0, 128), (256, 384)]) as vad:
        assert vad(FRAME) > 0.5


def test_a_stretch_is_used_up_at_its_end() -> None:
    vad = ScriptedVad([(0, 1024)])
    vad(FRAME)
    with pytest.raises(ScriptNotUsedUp):
        vad.finish()
    vad(FRAME)
    vad.finish()


def test_reset_is_counted_and_does_not_turn_back() -> None:
    vad = ScriptedVad([(0, 512)])
    assert vad(FRAME) > 0.5
    vad.reset()
    assert vad(FRAME) < 0.5
    assert vad.resets == 1


def test_transcripts_may_carry_their_certainty() -> None:
    unsure = Transcript("what", -1.5)
    transcriber = ScriptedTranscriber(["hello", unsure], min_avg_logprob=-0.5)
    assert transcriber.transcribe(SOUND) == Transcript("hello", 0.0)
    assert transcriber.transcribe(SOUND) is unsure
    assert transcriber.min_avg_logprob == -0.5


def test_a_reply_that_was_stopped_before_it_began_is_not_used(halt: Event, go: Event) -> None:
    with ScriptedChat(["Hi."]) as chat:
        assert list(chat.stream(ASKED, halt)) == []
        assert list(chat.stream(ASKED, go)) == ["Hi."]


def test_words_are_the_tokens_of_the_fake(go: Event) -> None:
    chat = ScriptedChat(["one two three"])
    chat.prefill(ASKED, go)
    assert chat.evaluated_tokens == 2  # <user> hello, and then <end> <assistant>
    assert list(chat.stream(ASKED, go)) == ["one", " two", " three"]
    assert chat.evaluated_tokens == 7


def test_sound_tells_what_it_says(go: Event) -> None:
    voice = ScriptedVoice(rate=8000, samples_per_character=10)
    for call in (1, 2):
        pcm = np.concatenate([chunk.pcm for chunk in voice.synthesize("ab", go)])
        assert pcm.tolist() == [1000 * call + ord("a")] * 10 + [1000 * call + ord("b")] * 10


def test_a_script_of_texts_is_compared(go: Event) -> None:
    voice = ScriptedVoice(["Hello."])
    with pytest.raises(AssertionError, match=r"spoke 'Goodbye\.' instead of 'Hello\.'"):
        next(voice.synthesize("Goodbye.", go))


def test_many_calls_stay_within_16_bits(go: Event) -> None:
    voice = ScriptedVoice(samples_per_character=1)
    peaks = [next(voice.synthesize("\u03e7", go)).pcm.max() for _ in range(70)]
    assert min(peaks) > 0
    assert peaks[0] == peaks[30] == 1999
