"""Whole conversations with scripted engines, on a clock that jumps."""

import itertools
from collections.abc import Iterator

import pytest

from edgevoice.audio.chunk import AudioChunk, milliseconds_of, samples_of
from edgevoice.config import BargeInConfig, SttConfig, VadConfig
from edgevoice.dialog.events import Misunderstood, NothingSaid, TurnFailed
from edgevoice.engines.base import Stop, Transcript
from edgevoice.engines.scripted import ScriptedVoice
from edgevoice.errors import EngineError
from edgevoice.signals import Phase
from edgevoice.transports.caller import Cue, Line
from tests.talk import Talk, clip

LONG = "One two three four five. " * 20


def test_a_question_is_answered_and_remembered() -> None:
    talk = Talk(
        [Line(clip(800), "hello"), Line(clip(900), "and now")],
        ["hello", "and now"],
        ["Hi there. How are you?", "Now it is now."],
    ).hold()
    assert talk.said == [
        ("user", "hello"),
        ("assistant", "Hi there. How are you?"),
        ("user", "and now"),
        ("assistant", "Now it is now."),
    ]
    first, second = talk.turns
    assert not first.interrupted and first.heard == first.agent == "Hi there. How are you?"
    assert second.reply_start is not None and second.reply_start > second.speech_end


def test_the_stages_of_a_turn_add_up_to_its_response_time() -> None:
    talk = Talk([Line(clip(800), "hello")], ["hello"], ["Hi there, dear friend of mine."]).hold()
    turn = talk.turns[0]
    stages = turn.stages_ms()
    assert sum(stage for stage in stages.values() if stage is not None) == turn.response_ms
    assert stages["stt_final"] == pytest.approx(96 + 50, abs=40)
    # The first word, and one more to see that "Hi there," is over.
    assert stages["llm_first_token"] == pytest.approx(20, abs=1)
    assert turn.endpoint - turn.speech_end == pytest.approx(samples_of(500), abs=512)


def test_response_time_is_that_of_the_sound() -> None:
    talk = Talk([Line(clip(800), "hello")], ["hello"], ["Hi."]).hold()
    turn, spoken = talk.turns[0], talk.caller.spoken[0]
    assert turn.speech_end == pytest.approx(spoken.end, abs=512)
    assert turn.reply_start == talk.caller.sounded[0].start


def interrupted_after(ms: int, gate_ms: int = 300, **settings: float) -> Talk:
    """A long reply that is interrupted by a second question, `ms` milliseconds into it."""
    return Talk(
        [
            Line(clip(800), "tell me"),
            Line(clip(900), "stop", Cue.REPLY_STARTED, ms),
        ],
        ["tell me", "something else"],
        [LONG, "Very well."],
        barge_in=BargeInConfig(min_voiced_ms=gate_ms),
        **settings,  # type: ignore[arg-type]
    ).hold()


@pytest.mark.parametrize("ms", [150, 500, 760, 1200, 2500])
def test_an_interruption_silences_the_reply_and_is_answered(ms: int) -> None:
    talk = interrupted_after(ms)
    first, second = talk.turns
    assert first.interrupted
    assert first.agent.startswith(first.heard) and len(first.heard) < len(LONG)
    assert [role for role, _ in talk.said] == ["user", "assistant"] * 2
    assert talk.said[1] == ("assistant", first.heard)
    assert second.heard == "Very well."


@pytest.mark.parametrize(
    ("ms", "gate"), list(itertools.product([300, 900, 2000], [96, 200, 300, 600]))
)
def test_silence_falls_within_gate_and_a_hundred_milliseconds(ms: int, gate: int) -> None:
    talk = interrupted_after(ms, gate)
    began = talk.caller.spoken[1].start
    silent = talk.silence_after(began)
    assert silent is not None
    assert milliseconds_of(silent - began) <= gate + 100
    confirmed = next(
        e.at for e in talk.log if type(e).__name__ == "SpeechConfirmed" and e.at > began
    )
    assert milliseconds_of(silent - confirmed) <= 60


def test_nothing_of_an_interrupted_reply_is_heard_again() -> None:
    talk = interrupted_after(900)
    # The voice marks its samples with the number of the clause that they belong to.
    second_reply = max(piece.pcm.max() for piece in talk.caller.sounded) // 1000
    clauses = [int(value) // 1000 for piece in talk.caller.sounded for value in piece.pcm[:1]]
    first_of_second = clauses.index(second_reply)
    assert clauses == sorted(clauses)
    assert set(clauses[first_of_second:]) == {second_reply}


@pytest.mark.parametrize("letters", [50, 150, 200])
@pytest.mark.parametrize("ms", [300, 800])
def test_nothing_counts_as_heard_that_did_not_sound(letters: int, ms: int) -> None:
    # One clause that is longer than what may wait for the loudspeaker.
    reply = "word " * (letters // 5)
    talk = Talk(
        [Line(clip(800), "a"), Line(clip(900), "b", Cue.REPLY_STARTED, ms)],
        ["a", "b"],
        [reply, "Yes."],
    ).hold()
    first = talk.turns[0]
    assert first.reply_end is not None
    sounded = sum(len(s.pcm) for s in talk.caller.sounded if s.start < first.reply_end)
    assert first.interrupted and len(first.heard) <= sounded / 400


def test_interrupting_before_the_model_has_written_a_word() -> None:
    talk = Talk(
        [
            Line(clip(800), "what is"),
            Line(clip(700), "the capital of france", Cue.LINE_ENDED, 700),
        ],
        ["what is", "the capital of france"],
        ["Paris."],
        llm_pace=0.6,
    )
    # The first reply is never asked for: its turn is cancelled while the model reads the prompt.
    talk.replies = ["What is what?", "Paris."]
    talk.hold()
    first, second = talk.turns
    assert first.interrupted and first.heard == "" and not talk.turns[0].tokens[1:]
    assert talk.said == [("user", "what is the capital of france"), ("assistant", "Paris.")]
    assert second.heard == "Paris."


def test_interrupting_twice_in_a_row() -> None:
    talk = Talk(
        [
            Line(clip(800), "a"),
            Line(clip(800), "b", Cue.REPLY_STARTED, 500),
            Line(clip(800), "c", Cue.REPLY_STARTED, 400),
        ],
        ["a", "b", "c"],
        [LONG, LONG, "Done."],
    ).hold()
    assert [turn.interrupted for turn in talk.turns] == [True, True, False]
    assert talk.said[-2:] == [("user", "c"), ("assistant", "Done.")]


def test_interrupting_before_a_word_was_heard_joins_the_questions() -> None:
    talk = interrupted_after(20)
    assert talk.said == [("user", "tell me something else"), ("assistant", "Very well.")]


def test_interrupting_in_the_last_hundred_milliseconds() -> None:
    reply = "Just this."
    length_ms = len(reply) * 400 / 16
    talk = Talk(
        [
            Line(clip(800), "a"),
            Line(clip(800), "b", Cue.REPLY_STARTED, int(length_ms) - 100),
        ],
        ["a", "b"],
        [reply, "Yes."],
    ).hold()
    assert talk.said == [
        ("user", "a"),
        ("assistant", "Just"),
        ("user", "b"),
        ("assistant", "Yes."),
    ]


def test_interrupting_between_two_clauses() -> None:
    # So slow a writer leaves a gap after "One, two, three," in which the person speaks.
    talk = interrupted_after(700, llm_pace=0.25)
    first = talk.turns[0]
    assert first.interrupted and first.heard
    assert talk.turns[1].heard == "Very well."


def test_a_short_noise_does_not_interrupt() -> None:
    talk = Talk(
        [Line(clip(800), "a"), Line(clip(150), None, Cue.REPLY_STARTED, 500)],
        ["a", ""],
        [LONG],
    ).hold()
    assert [turn.heard for turn in talk.turns] == [LONG.strip()]
    assert not talk.turns[0].interrupted


def test_barge_in_can_be_switched_off() -> None:
    talk = Talk(
        [Line(clip(800), "a"), Line(clip(900), "b", Cue.REPLY_STARTED, 500)],
        ["a"],
        [LONG],
        half_duplex=True,
    ).hold()
    assert [turn.heard for turn in talk.turns] == [LONG.strip()]


def test_without_barge_in_our_own_echo_is_not_an_utterance() -> None:
    reply = "This is what I say."
    echo_ms = len(reply) * 400 // 16 + 200
    talk = Talk(
        [
            Line(clip(800), "a"),
            Line(clip(echo_ms), None, Cue.REPLY_STARTED, 0),
            Line(clip(800), "b"),
        ],
        ["a", "b"],
        [reply, "Yes."],
        half_duplex=True,
    ).hold()
    assert [turn.user for turn in talk.turns] == ["a", "b"]


def test_a_pause_before_the_transcript_is_ready_continues_the_utterance() -> None:
    talk = Talk(
        [Line(clip(2000, pause_at_ms=700, pause_ms=560), "set a timer … for an hour")],
        ["set a timer", "set a timer for an hour"],
        ["Done."],
        stt_pace=0.6,
    )
    # The first transcript is thrown away before it is asked for: inline workers transcribe last.
    talk.transcripts = ["set a timer for an hour"]
    talk.hold()
    assert talk.said == [("user", "set a timer for an hour"), ("assistant", "Done.")]
    assert talk.turns[0].speech_start < samples_of(1_000)


def test_uncertain_words_are_asked_for_again_and_not_remembered() -> None:
    talk = Talk(
        [Line(clip(800), "mumble"), Line(clip(800), "hello")],
        [Transcript("purple", -3.0), "hello"],
        ["Hi."],
    ).hold()
    assert [turn.understood for turn in talk.turns] == [False, True]
    assert talk.turns[0].heard == "Pardon?"
    assert talk.said == [("user", "hello"), ("assistant", "Hi.")]
    assert any(isinstance(event, Misunderstood) for event in talk.log)


def test_noise_without_words_is_let_go() -> None:
    talk = Talk([Line(clip(400), None)], [""], [], patience_s=3).hold()
    assert any(isinstance(event, NothingSaid) for event in talk.log)
    assert not talk.turns and not talk.caller.sounded


def test_a_cough_does_not_swallow_a_question_that_was_not_answered_yet() -> None:
    talk = Talk(
        [Line(clip(800), "what is two plus two"), Line(clip(200), None, Cue.LINE_ENDED, 800)],
        ["what is two plus two", ""],
        ["Never said.", "Four."],
        llm_pace=0.6,
    ).hold()
    assert talk.said == [("user", "what is two plus two"), ("assistant", "Four.")]


def test_but_after_a_stop_it_does_not_bring_the_question_back() -> None:
    talk = Talk(
        [
            Line(clip(800), "what is two plus two"),
            Line(clip(300), "stop", Cue.LINE_ENDED, 800),
            Line(clip(200), None, Cue.LINE_ENDED, 2_000),
        ],
        ["what is two plus two", "stop", ""],
        ["Never said."],
        llm_pace=0.6,
    ).hold()
    assert [turn.heard for turn in talk.turns] == [""]


@pytest.mark.parametrize("stage", ["stt", "llm"])
def test_a_failing_engine_costs_one_reply(stage: str) -> None:
    broken = EngineError("it broke", "Try again.")
    talk = Talk(
        [Line(clip(800), "a"), Line(clip(800), "b")],
        [broken if stage == "stt" else "a", "b"],
        ["B."] if stage == "stt" else [broken, "B."],
    ).hold()
    assert talk.said[-2:] == [("user", "b"), ("assistant", "B.")]
    assert talk.caller.sounded[0].pcm[0] in (77, 1000 + ord("P"))
    assert any(isinstance(event, TurnFailed) for event in talk.log) == (stage == "llm")


def test_a_failure_is_shown_while_we_apologise() -> None:
    talk = Talk([Line(clip(800), "a")], ["a"], [EngineError("it broke", "Try again.")]).hold()
    assert [phase for _, phase in talk.phases[-2:]] == [Phase.ERROR, Phase.READY]
    assert Phase.SPEAKING not in [phase for _, phase in talk.phases]


def test_of_a_clause_whose_voice_fails_only_what_sounded_counts_as_heard() -> None:
    class Breaking(ScriptedVoice):
        def synthesize(self, text: str, stop: Stop) -> Iterator[AudioChunk]:
            for number, chunk in enumerate(super().synthesize(text, stop)):
                if text.startswith("One") and number == 2:  # 200 ms are eight letters
                    raise EngineError("it broke", "Try again.")
                yield chunk

    talk = Talk(
        [Line(clip(800), "a")],
        ["a"],
        ["Well then. One two three four five."],
        voice=Breaking(samples_per_character=400),
    ).hold()
    assert talk.said[1] == ("assistant", "Well then. One two Sorry, that failed.")


def test_a_long_utterance_is_answered_even_if_the_voice_never_pauses() -> None:
    talk = Talk(
        [Line(clip(7_000), "on and on")],
        ["on and"],
        ["I see."],
        vad=VadConfig(max_utterance_s=5),
    ).hold()
    # The voice goes on, and is not taken for a second utterance.
    assert [turn.heard for turn in talk.turns] == ["I see."]


def test_partial_transcripts_are_shown_while_the_person_speaks() -> None:
    talk = Talk(
        [Line(clip(1_500), "one two three")],
        ["one", "one two", "one two three", "one two three"],
        ["Good."],
        stt=SttConfig(partial_interval_ms=400),
    ).hold()
    partials = talk.turns[0].partials
    assert [text for _, text in partials] == ["one", "one two", "one two three"]
    began = talk.caller.spoken[0].start
    assert [milliseconds_of(at - began) for at, _ in partials] == pytest.approx(
        [450, 850, 1250], abs=40
    )


def test_the_same_conversation_gives_the_same_log_every_time() -> None:
    logs = {repr(interrupted_after(900).log) for _ in range(50)}
    assert len(logs) == 1
