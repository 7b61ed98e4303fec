"""The reply is ready when the person stops: partial words, drafts, the cue, and what they cost."""

import asyncio
from itertools import pairwise

import pytest

from edgevoice.audio.chunk import AudioChunk, milliseconds_of, samples_of
from edgevoice.config import ReplyConfig, SttConfig, VadConfig
from edgevoice.dialog.events import CuePlayed, DraftDropped, PartialHeard, Prefilled
from edgevoice.errors import EngineError
from edgevoice.transports.caller import Caller, Cue, Line
from tests.talk import CUE, Talk, clip

SERIAL = VadConfig(soft_end_ms=5_000)
"""Nothing is done before the endpoint."""


def question(**settings: object) -> Talk:
    """One question, and a reply that takes 250 ms of work before it sounds."""
    return Talk(
        [Line(clip(1_500), "a question")],
        ["a question"],
        ["Well, it depends. On what you mean."],
        stt_pace=0.1,
        llm_pace=0.04,
        tts_pace=0.03,
        **settings,  # type: ignore[arg-type]
    ).hold()


def test_the_reply_sounds_at_the_endpoint() -> None:
    (turn,) = question().turns
    assert turn.response_ms is not None and turn.soft_end is not None
    assert turn.soft_end < turn.transcript < (turn.first_sound or 0) < turn.endpoint
    assert turn.response_ms <= milliseconds_of(turn.endpoint - turn.speech_end) + 20


def test_nothing_is_done_early_where_that_is_switched_off() -> None:
    (turn,) = question(vad=SERIAL).turns
    assert turn.soft_end is None and turn.endpoint < turn.transcript
    (ready,) = question().turns
    assert (turn.response_ms or 0) - (ready.response_ms or 0) == pytest.approx(250, abs=70)


def test_without_drafts_only_the_words_are_there_at_the_endpoint() -> None:
    (turn,) = question(reply=ReplyConfig(drafts=0, cue_after_ms=0)).turns
    assert turn.transcript < turn.endpoint < (turn.first_token or 0)


def resumed(pause_ms: int, **settings: object) -> Talk:
    """A question with a pause in which a draft begins; `pause_ms` is below the endpoint."""
    return Talk(
        [Line(clip(2_400, 900, pause_ms), "what is the capital of france")],
        ["what is", "what is the capital of france"],
        ["What is what?", "Paris, of course."],
        **settings,  # type: ignore[arg-type]
    ).hold()


@pytest.mark.parametrize("pause_ms", [280, 320, 380, 440])
def test_a_draft_is_dropped_when_the_person_goes_on(pause_ms: int) -> None:
    talk = resumed(pause_ms)
    (turn,) = talk.turns
    assert talk.said == [
        ("user", "what is the capital of france"),
        ("assistant", "Paris, of course."),
    ]
    assert turn.agent == turn.heard == "Paris, of course."
    assert turn.drafts_dropped == 1 and turn.wasted_tokens > 0
    # Not a sample of the draft was heard.
    assert all(piece.start > turn.endpoint for piece in talk.caller.sounded)
    assert {int(piece.pcm[0]) // 1000 for piece in talk.caller.sounded} <= {2, 3, 4}


def test_the_first_words_are_read_once() -> None:
    (turn,) = resumed(440).turns
    words = "what is the capital of france".split()
    # The dropped draft has read "what is", and what stands before it.
    assert turn.prompt_tokens <= len(words) - 2 + 2


def test_a_pause_before_the_words_are_known_costs_no_draft() -> None:
    talk = Talk([Line(clip(2_400, 900, 250), "hello")], ["hello"], ["Hi."], stt_pace=0.2).hold()
    assert talk.turns[0].drafts_dropped == 0 and talk.turns[0].user == "hello"


def test_no_more_drafts_than_allowed() -> None:
    sound = clip(4_800)
    for at in (900, 1_900, 2_900):
        sound[samples_of(at) : samples_of(at + 400)] = 0
    talk = Talk(
        [Line(sound, "a b c d")],
        ["a", "a b", "a b c", "a b c d"],
        ["A!", "Alphabet."],
        reply=ReplyConfig(drafts=1, cue_after_ms=0),
    ).hold()
    assert sum(isinstance(event, DraftDropped) for event in talk.log) == 1
    assert talk.said == [("user", "a b c d"), ("assistant", "Alphabet.")]


def test_a_pause_of_breath_alone_comes_to_nothing() -> None:
    talk = Talk([Line(clip(300), None)], [""], []).hold()
    assert not talk.turns and not talk.caller.sounded


def test_breath_and_then_a_question() -> None:
    talk = Talk([Line(clip(2_000, 300, 400), "hello")], ["", "hello"], ["Hi."]).hold()
    assert talk.said == [("user", "hello"), ("assistant", "Hi.")]


def test_a_draft_that_fails_is_dropped_like_any_other() -> None:
    talk = Talk(
        [Line(clip(2_400, 900, 420), "what is new")],
        ["what is", "what is new"],
        [EngineError("it broke", "Try again."), "Nothing."],
    ).hold()
    assert talk.said == [("user", "what is new"), ("assistant", "Nothing.")]


class HangsUp(Talk):
    """A conversation that ends after one second, whoever speaks."""

    def make_caller(self) -> Caller:
        caller = super().make_caller()
        loop = asyncio.get_running_loop()
        loop.call_later(1.0, lambda: loop.create_task(caller.aclose()))
        return caller


def test_hanging_up_during_a_look_ends_it() -> None:
    along = SttConfig(partial_interval_ms=200)
    talk = HangsUp(
        [Line(clip(2_000), "hello")], ["he"], [], stt=along, stt_pace=0.5, all_used=False
    )
    talk.hold()
    assert talk.log and not [event for event in talk.log if isinstance(event, PartialHeard)]


def test_hanging_up_during_a_draft_leaves_nothing_behind() -> None:
    # The person waits for 1.5 s and is gone; here that is before the endpoint.
    talk = Talk(
        [Line(clip(800), "hello")],
        ["hello"],
        ["Hi."],
        vad=VadConfig(endpointing="fixed", endpointing_delay_ms=2_000),
        patience_s=1.5,
    ).hold()
    assert sum(isinstance(event, DraftDropped) for event in talk.log) == 1
    assert not talk.turns and not talk.said and not talk.caller.sounded


# --- reading along


def test_what_is_certain_is_read_while_the_person_speaks() -> None:
    words = "please tell me what the capital of france is"
    looks = [words[:n] for n in (10, 19, 31, len(words))]
    talk = Talk(
        [Line(clip(2_300), words)],
        [*looks, words, words],
        ["Paris."],
        stt=SttConfig(partial_interval_ms=500),
    )
    talk.transcripts = [*looks, words]
    talk.hold()
    (turn,) = talk.turns
    assert turn.prefilled_tokens >= 5
    assert turn.prompt_tokens <= 6
    assert any(isinstance(event, Prefilled) for event in talk.log)


def test_reading_along_can_be_switched_off() -> None:
    words = "please tell me what the capital of france is"
    talk = Talk(
        [Line(clip(2_300), words)],
        [words] * 5,
        ["Paris."],
        stt=SttConfig(partial_interval_ms=500),
        listen_along=False,
    ).hold()
    assert talk.turns[0].prefilled_tokens == 0


def test_what_was_heard_of_a_reply_is_read_at_idle() -> None:
    talk = Talk(
        [Line(clip(800), "hello"), Line(clip(800), "and now", ms=2_500)],
        ["hello", "and now"],
        ["Hi.", "Now."],
    ).hold()
    first, second = talk.turns
    idle = [event for event in talk.log if isinstance(event, Prefilled)]
    assert idle and first.reply_end is not None
    assert idle[0].at - first.reply_end >= samples_of(1_000)
    assert second.prompt_tokens <= 5  # the words, and what the template puts around them


# --- the cue


def slow(llm_pace: float, **settings: object) -> Talk:
    return Talk(
        [Line(clip(800), "hello")],
        ["hello"],
        ["Hi. How are you?"],
        llm_pace=llm_pace,
        reply=ReplyConfig(drafts=0, cue_after_ms=800),
        **settings,  # type: ignore[arg-type]
    ).hold()


def test_a_late_reply_is_announced_by_one_soft_tone() -> None:
    talk = slow(0.4)
    (turn,) = talk.turns
    assert turn.cued and sum(isinstance(event, CuePlayed) for event in talk.log) == 1
    tone, *rest = [int(piece.pcm[0]) for piece in talk.caller.sounded]
    assert tone == CUE.pcm[0] and CUE.pcm[0] not in rest[8:]
    began = talk.caller.sounded[0].start - talk.caller.spoken[0].end
    assert milliseconds_of(began) == pytest.approx(800, abs=50)
    # The tone is not the reply.
    assert turn.response_ms is not None and turn.response_ms > 1_200
    assert turn.heard == "Hi. How are you?" and not turn.interrupted


@pytest.mark.parametrize("llm_pace", [0.01, 0.05, 0.1])
def test_a_reply_that_comes_in_time_is_not_announced(llm_pace: float) -> None:
    assert not slow(llm_pace).turns[0].cued


def test_slow_ears_are_announced_too() -> None:
    talk = Talk(
        [Line(clip(800), "hello")], ["hello"], ["Hi."], stt_pace=1.5, reply=ReplyConfig()
    ).hold()
    assert talk.turns[0].cued and talk.turns[0].heard == "Hi."


@pytest.mark.parametrize("stt_pace", [0.1, 1.5])
def test_who_goes_on_after_the_tone_is_heard(stt_pace: float) -> None:
    talk = Talk(
        [Line(clip(800), "what is"), Line(clip(800), "new", Cue.LINE_ENDED, 1_300)],
        ["what is new"] if stt_pace > 1 else ["what is", "new"],
        ["Nothing."] if stt_pace > 1 else ["What is what?", "Nothing."],
        stt_pace=stt_pace,
        llm_pace=0.1 if stt_pace > 1 else 1.5,
        reply=ReplyConfig(drafts=0),
        patience_s=8,
    ).hold()
    assert talk.said == [("user", "what is new"), ("assistant", "Nothing.")]
    assert talk.turns[-1].heard == "Nothing."


def test_noise_after_the_tone_does_not_confuse_the_next_reply() -> None:
    talk = Talk(
        [Line(clip(300), None), Line(clip(800), "hello", Cue.LINE_ENDED, 3_000)],
        ["", "hello"],
        ["Hi."],
        stt_pace=0.9,
        reply=ReplyConfig(),
    ).hold()
    assert talk.turns[-1].heard == "Hi."


# --- the sound


def test_there_is_no_gap_between_clauses() -> None:
    talk = Talk(
        [Line(clip(800), "tell me")],
        ["tell me"],
        ["One two three four, five six seven. Eight nine ten, eleven twelve. Thirteen."],
        llm_pace=0.03,
        tts_pace=0.05,
    ).hold()
    pieces = [AudioChunk(piece.pcm, 16_000, piece.start) for piece in talk.caller.sounded]
    assert len(pieces) > 20
    assert all(before.end == after.start for before, after in pairwise(pieces))


def test_a_model_that_cannot_keep_up_pauses_between_clauses_only() -> None:
    talk = Talk(
        [Line(clip(800), "tell me")],
        ["tell me"],
        ["One two three. Four five six. Seven eight nine."],
        llm_pace=0.5,
    ).hold()
    pieces = [AudioChunk(piece.pcm, 16_000, piece.start) for piece in talk.caller.sounded]
    clauses = [int(piece.pcm[0]) // 1000 for piece in pieces]
    gaps = [n for n, (a, b) in enumerate(pairwise(pieces)) if a.end != b.start]
    assert len(gaps) == 2
    assert all(clauses[n] != clauses[n + 1] for n in gaps)


def test_the_same_conversation_gives_the_same_log_every_time() -> None:
    def log() -> str:
        talk = Talk(
            [Line(clip(2_400, 900, 380), "what is new")],
            ["what", "what is", "what is", *["what is new"] * 4],
            ["What is what?", "Nothing."],
            stt=SttConfig(partial_interval_ms=400),
            reply=ReplyConfig(),
        )
        return repr(talk.hold().log)

    assert len({log() for _ in range(20)}) == 1
