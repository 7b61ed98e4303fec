"""When it is spoken to: keys, wake word, sleep and mute, in whole conversations."""

import numpy as np
import pytest

from edgevoice.audio.chunk import AudioChunk, samples_of
from edgevoice.audio.tone import Earcon
from edgevoice.dialog.attention import Mode, Signal
from edgevoice.dialog.events import PlaybackHeld, SpeechEnded, SpeechStarted, TurnStarted
from edgevoice.engines.base import Transcript
from edgevoice.engines.scripted import ScriptedWakeWord
from edgevoice.signals import Phase
from edgevoice.transports.caller import Cue, Line
from tests.talk import Talk, clip

LONG = "One two three four five. " * 20
TONES = {
    earcon: AudioChunk(np.full(samples_of(60), number + 1, np.int16), 16_000)
    for number, earcon in enumerate(Earcon)
}


def starts(talk: Talk) -> list[int]:
    return [event.at for event in talk.log if isinstance(event, TurnStarted)]


def shown(talk: Talk) -> list[Phase]:
    return [phase for _, phase in talk.phases]


def earcons(talk: Talk) -> list[Earcon]:
    """The tones that were heard, in order."""
    levels = [int(piece.pcm[0]) for piece in talk.caller.sounded if len(piece.pcm)]
    changes = [a for a, b in zip(levels, [0, *levels], strict=False) if a != b]
    known = {int(tone.pcm[0]): earcon for earcon, tone in TONES.items()}
    return [known[level] for level in changes if level in known]


# --- muted


def test_whoever_is_muted_is_not_heard() -> None:
    talk = Talk(
        [Line(clip(800), "secret", ms=600), Line(clip(800), "hello", Cue.LINE_ENDED, 3_000)],
        ["hello"],
        ["Hi."],
        signals=[(0.1, Signal.MUTE), (3.0, Signal.UNMUTE)],
        earcons=TONES,
    ).hold()
    assert talk.said == [("user", "hello"), ("assistant", "Hi.")]
    assert shown(talk)[:3] == [Phase.READY, Phase.MUTED, Phase.READY]
    assert earcons(talk)[:3] == [Earcon.READY, Earcon.MUTED, Earcon.UNMUTED]


@pytest.mark.parametrize("after_s", [1.0, 1.5, 1.6])
def test_muting_in_mid_sentence_forgets_the_sentence(after_s: float) -> None:
    """While the person speaks, while we work on the words, while a reply is drafted."""
    talk = Talk(
        [Line(clip(800), "secret", ms=600)],
        [] if after_s < 1.6 else ["secret"],
        [] if after_s < 1.6 else ["I"],
        signals=[(after_s, Signal.MUTE)],
        stt_pace=0.04,
    )
    talk.hold()
    assert talk.said == [] and not starts(talk)


def test_what_was_said_just_before_muting_is_forgotten_too() -> None:
    """We may take our time with sound (`UNHURRIED`), but not hear it once we are muted."""
    line = Line(clip(130), "secret", ms=660)
    talk = Talk([line], [], [], signals=[(0.79, Signal.MUTE)]).hold()
    assert not [event for event in talk.log if isinstance(event, SpeechStarted)]


def test_muting_leaves_our_reply_alone() -> None:
    talk = Talk([Line(clip(800), "a")], ["a"], [LONG], signals=[(3.0, Signal.MUTE)]).hold()
    assert [turn.heard for turn in talk.turns] == [LONG.strip()]
    assert Phase.MUTED in shown(talk)


def test_muting_lets_a_held_reply_go_on() -> None:
    talk = Talk(
        [Line(clip(800), "a"), Line(clip(280), None, Cue.REPLY_STARTED, 1_000)],
        ["a"],
        [LONG],
        signals=[(3.12, Signal.MUTE)],
    ).hold()
    assert [turn.heard for turn in talk.turns] == [LONG.strip()]


# --- push to talk


def held(*keys: tuple[float, float], **settings: object) -> dict[str, object]:
    """The key is down from … to … seconds."""
    signals = [
        moment
        for press, release in keys
        for moment in ((press, Signal.PRESS), (release, Signal.RELEASE))
    ]
    return {"mode": Mode.PUSH_TO_TALK, "signals": signals, **settings}


def test_only_what_is_said_while_the_key_is_held_is_heard() -> None:
    lines = [Line(clip(800), None, ms=600), Line(clip(800), "hello", Cue.LINE_ENDED, 1_000)]
    talk = Talk(lines, ["hello"], ["Hi."], **held((2.3, 3.3))).hold()  # type: ignore[arg-type]
    assert talk.said == [("user", "hello"), ("assistant", "Hi.")]


def test_letting_go_of_the_key_ends_the_turn_at_once() -> None:
    talk = Talk([Line(clip(800), "hello")], ["hello"], ["Hi."], **held((0.5, 1.45))).hold()  # type: ignore[arg-type]
    (ended,) = (event for event in talk.log if isinstance(event, SpeechEnded))
    assert ended.at <= samples_of(1_480)
    assert talk.turns[0].user == "hello"


def test_a_quick_word_before_letting_go_of_the_key_is_heard() -> None:
    line = Line(clip(130), "yes", ms=660)
    talk = Talk([line], ["yes"], ["Hi."], **held((0.1, 0.79))).hold()  # type: ignore[arg-type]
    assert talk.said == [("user", "yes"), ("assistant", "Hi.")]


def test_while_the_key_is_held_no_silence_ends_the_turn() -> None:
    line = Line(clip(4_000, pause_at_ms=1_000, pause_ms=2_500), "one … two")
    talk = Talk([line], ["one", "one two"], ["I", "Three."], **held((0.5, 4.8)))  # type: ignore[arg-type]
    talk.hold()
    assert [turn.user for turn in talk.turns] == ["one two"]


def test_what_was_said_just_before_the_key_was_down_is_heard_too() -> None:
    talk = Talk([Line(clip(800), "hello")], ["hello"], ["Hi."], **held((0.8, 1.6))).hold()  # type: ignore[arg-type]
    assert talk.turns[0].speech_start < samples_of(640)


def test_pressing_the_key_silences_us() -> None:
    talk = Talk([Line(clip(800), "a")], ["a"], [LONG], **held((0.5, 1.5), (3.0, 3.5))).hold()  # type: ignore[arg-type]
    assert [turn.interrupted for turn in talk.turns] == [True]
    silent = talk.silence_after(samples_of(3_000))
    assert silent is not None and silent <= samples_of(3_060)


def test_a_button_asleep_and_awake_has_its_sound() -> None:
    talk = Talk(
        [Line(clip(800), "hello")],
        ["hello"],
        ["Hi."],
        **held((0.5, 1.5), earcons=TONES),  # type: ignore[arg-type]
    ).hold()
    assert earcons(talk)[0] is Earcon.READY
    assert shown(talk)[0] is Phase.ASLEEP


# --- wake word


def called(*moments_ms: int, **settings: object) -> dict[str, object]:
    wake = ScriptedWakeWord([samples_of(ms) for ms in moments_ms])
    return {"mode": Mode.WAKE_WORD, "wake_word": wake, **settings}


def test_nothing_is_heard_before_the_wake_word() -> None:
    lines = [Line(clip(800), None, ms=600), Line(clip(800), "hello", Cue.LINE_ENDED, 1_500)]
    talk = Talk(lines, ["hello"], ["Hi."], **called(2_500)).hold()  # type: ignore[arg-type]
    assert talk.said == [("user", "hello"), ("assistant", "Hi.")]


def test_after_a_reply_one_can_go_on_without_it_for_a_while() -> None:
    lines = [
        Line(clip(800), "hello", ms=1_000),
        Line(clip(800), "and you", ms=1_500),
        Line(clip(800), None, ms=4_500),
    ]
    settings = called(900, follow_up_s=3.0)
    talk = Talk(lines, ["hello", "and you"], ["Hi.", "Fine."], **settings).hold()  # type: ignore[arg-type]
    assert [turn.user for turn in talk.turns] == ["hello", "and you"]
    assert shown(talk)[-1] is Phase.ASLEEP


def test_without_follow_up_there_is_still_time_to_begin() -> None:
    """… after the wake word, but not after the reply."""
    lines = [
        Line(clip(800), "hello", ms=3_000),
        Line(clip(800), None, Cue.REPLY_ENDED, 2_500),
    ]
    talk = Talk(lines, ["hello"], ["Hi."], **called(1_000, follow_up_s=0)).hold()  # type: ignore[arg-type]
    assert [turn.user for turn in talk.turns] == ["hello"]


def test_the_wake_word_silences_us() -> None:
    talk = Talk([Line(clip(800), "a", ms=600)], ["a"], [LONG], **called(500, 3_000)).hold()  # type: ignore[arg-type]
    assert [turn.interrupted for turn in talk.turns] == [True]


def test_what_follows_the_wake_word_without_a_pause_is_heard() -> None:
    """One breath: the wake word is recognised 200 ms after it was over."""
    talk = Talk([Line(clip(1_600), "hello", ms=600)], ["hello"], ["Hi."], **called(1_400)).hold()  # type: ignore[arg-type]
    assert samples_of(1_050) <= talk.turns[0].speech_start <= samples_of(1_200)


def test_being_sent_away_lets_a_held_reply_go_on() -> None:
    """Our reply is held at a first sign, and then nobody listens any more."""
    lines = [Line(clip(800), "a", ms=600), Line(clip(64), None, Cue.REPLY_STARTED, 500)]
    talk = Talk(lines, ["a"], [LONG], **called(500))  # type: ignore[arg-type]
    talk.signals = [(2.5, Signal.SLEEP)]
    talk.hold()
    assert any(isinstance(event, PlaybackHeld) for event in talk.log)
    assert [turn.heard for turn in talk.turns] == [LONG.strip()]


# --- sleep


def test_go_to_sleep_and_wake_up() -> None:
    said = ["go to sleep", "hello", "wake up", "hello"]
    lines = [Line(clip(800), words, Cue.LINE_ENDED, 1_500) for words in said]
    talk = Talk(lines, said, ["Hi."], earcons=TONES).hold()
    assert talk.said == [("user", "hello"), ("assistant", "Hi.")]
    assert Phase.ASLEEP in shown(talk)
    assert Earcon.ASLEEP in earcons(talk)
    assert len(starts(talk)) == 1


def test_who_sleeps_does_not_ask_again() -> None:
    lines = [Line(clip(800), words, Cue.LINE_ENDED, 1_500) for words in ("go to sleep", "mumble")]
    talk = Talk(lines, ["go to sleep", Transcript("purple", -3.0)], []).hold()
    assert not starts(talk)


def test_a_sentence_that_begins_like_going_to_sleep_is_a_sentence() -> None:
    talk = Talk(
        [Line(clip(2_000, pause_at_ms=800, pause_ms=300), "go to sleep … is a lullaby")],
        ["go to sleep", "go to sleep is a lullaby"],
        ["It is."],
    ).hold()
    assert len(talk.turns) == 1


def test_the_doze_can_be_ended_by_a_signal() -> None:
    lines = [Line(clip(800), "go to sleep"), Line(clip(800), "hello", Cue.LINE_ENDED, 3_000)]
    talk = Talk(lines, ["go to sleep", "hello"], ["Hi."], signals=[(3.5, Signal.WAKE)]).hold()
    assert len(talk.turns) == 1


def test_go_to_sleep_said_over_our_reply_silences_us_and_puts_us_to_sleep() -> None:
    lines = [
        Line(clip(800), "a"),
        Line(clip(250), "go to sleep", Cue.REPLY_STARTED, 900),
        Line(clip(800), "hello", Cue.LINE_ENDED, 1_500),
    ]
    talk = Talk(lines, ["a", "go to sleep", "hello"], [LONG]).hold()
    assert [turn.interrupted for turn in talk.turns] == [True]
    assert shown(talk)[-1] is Phase.ASLEEP


def test_whoever_was_put_to_sleep_can_be_woken_while_still_speaking() -> None:
    lines = [
        Line(clip(800), "a"),
        Line(clip(250), "wake up", Cue.REPLY_STARTED, 900),
        Line(clip(800), "hello"),
    ]
    said = ["a", "wake up", "hello"]
    talk = Talk(lines, said, [LONG, "Hi."], signals=[(2.5, Signal.SLEEP)]).hold()
    assert talk.said[2:] == [("user", "hello"), ("assistant", "Hi.")]
