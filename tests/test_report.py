"""What happened, and when: the journal's clock and the reports of turns."""

import asyncio
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import milliseconds_of
from edgevoice.dialog.events import (
    Announced,
    ClauseWritten,
    CuePlayed,
    DraftDropped,
    Event,
    Misunderstood,
    Note,
    NothingSaid,
    PartialHeard,
    Prefilled,
    ReplyEnded,
    ReplyStarted,
    Routed,
    SoundMade,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    TokenWritten,
    ToolUsed,
    TurnDone,
    TurnFailed,
    TurnStarted,
    Understood,
)
from edgevoice.report import Journal, Recorder, TurnLog, TurnReport
from edgevoice.testing import run_virtual


def reports(*what: Event | Note) -> list[TurnReport]:
    recorder = Recorder()
    for each in what:
        recorder(each)
    return recorder.turns


def asked(at: int = 0, text: str = "hello") -> list[Event | Note]:
    """Somebody speaks for a second from `at` on, and is understood 600 ms later."""
    return [
        SpeechStarted(at + 1_600, at),
        PartialHeard(at + 8_000, text[:2]),
        SpeechEnded(at + 24_000, at, at + 16_000),
        Understood(at + 25_600, at, text, -0.5),
    ]


def answered(at: int, text: str = "Hi. There.", turn: int = 1) -> list[Event | Note]:
    """The turn from its start at `at` on to its end a second later."""
    return [
        TurnStarted(at, turn),
        TokenWritten(at + 160, text[:4], 9),
        TokenWritten(at + 320, text[4:], 10),
        ClauseWritten(at + 480, text[:4]),
        SoundMade(at + 640, 1_600, 16_000),
        ReplyStarted(at + 960),
        ClauseWritten(at + 1_120, text[4:]),
        SoundMade(at + 1_280, 1_600, 16_000),
        ReplyEnded(at + 16_000),
        TurnDone(at + 16_000, turn, text, text, interrupted=False),
    ]


def drafted() -> list[Event | Note]:
    """A pause in which a reply is drafted in vain, then the end, and the reply is there in time."""
    draft = [
        TokenWritten(8_160, "Hi. ", 5),
        TokenWritten(8_320, "You", 6),
        ClauseWritten(8_320, "Hi. "),
        SoundMade(8_400, 1_600, 16_000),
    ]
    return [
        SpeechStarted(1_600, 0),
        Prefilled(4_000, 7),
        SpeechPaused(6_560, 0, 4_000),
        Understood(8_000, 0, "hello", -0.5),
        *draft,
        DraftDropped(8_500),
        SpeechResumed(8_500),
        Prefilled(12_000, 2),
        SpeechPaused(18_560, 0, 16_000),
        Understood(19_000, 0, "hello there", -0.5),
        TokenWritten(19_160, "Hi. ", 4),
        ClauseWritten(19_320, "Hi. "),
        SoundMade(19_400, 3_200, 16_000),
        SpeechEnded(24_000, 0, 16_000),
        CuePlayed(24_000),
        TurnStarted(24_000, 1),
        TokenWritten(24_160, "You", 5),
        ReplyStarted(24_320),
        TurnDone(32_000, 1, "Hi. You", "Hi. You", interrupted=False),
    ]


# --- the journal


def test_the_journal_knows_the_time_between_two_ticks_too() -> None:
    async def main() -> list[int]:
        journal, moments = Journal(), []
        moments.append(journal.now())
        await asyncio.sleep(1)
        moments.append(journal.now())  # the microphone has not begun
        journal.tick(320)
        moments.append(journal.now())
        await asyncio.sleep(0.005)
        moments.append(journal.now())
        await asyncio.sleep(0.015)
        journal.tick(640)
        moments.append(journal.now())
        return moments

    assert run_virtual(main()) == [0, 0, 320, 400, 640]


def test_the_journal_waits_for_a_microphone_that_is_late() -> None:
    async def main() -> list[int]:
        journal, moments = Journal(), []
        journal.tick(320)
        await asyncio.sleep(0.030)
        moments.append(journal.now())
        journal.tick(640)  # ten milliseconds late
        moments.append(journal.now())
        await asyncio.sleep(0.020)
        moments.append(journal.now())
        return moments

    assert run_virtual(main()) == [640, 640, 960]


def test_every_observer_is_told_of_everything_in_order() -> None:
    first, second = list[Event | Note](), list[Event | Note]()
    journal = Journal([first.append, second.append])
    what: list[Event | Note] = [NothingSaid(3), TurnStarted(5, 1)]
    for each in what:
        journal.publish(each)
    assert first == second == what


# --- a turn


def test_a_turn_from_the_first_word_to_the_last_sample() -> None:
    (turn,) = reports(*asked(), *answered(25_600))
    assert turn == TurnReport(
        number=1,
        user="hello",
        understood=True,
        avg_logprob=-0.5,
        agent="Hi. There.",
        heard="Hi. There.",
        interrupted=False,
        failed="",
        speech_start=0,
        speech_end=16_000,
        endpoint=24_000,
        transcript=25_600,
        first_token=25_760,
        first_clause=26_080,
        first_sound=26_240,
        reply_start=26_560,
        reply_end=41_600,
        partials=[(8_000, "he")],
        tokens=[25_760, 25_920],
        clauses=[(26_080, "Hi. "), (26_720, "There.")],
        sounds=[26_240, 26_880],
        sound_ms=200,
        prompt_tokens=9,
        evaluated_tokens=10,
    )
    assert turn.response_ms == 660.0
    assert turn.stages_ms() == {
        "endpoint": 500.0,
        "stt_final": 100.0,
        "llm_first_token": 10.0,
        "llm_first_clause": 20.0,
        "tts_first_chunk": 10.0,
        "playback": 20.0,
    }


def test_a_draft_that_was_dropped_is_waste_and_nothing_else() -> None:
    (turn,) = reports(*drafted())
    assert turn.user == "hello there" and turn.agent == "Hi. You"
    assert (turn.drafts_dropped, turn.wasted_tokens, turn.wasted_ms) == (1, 6, 100)
    assert (turn.prefilled_tokens, turn.prompt_tokens, turn.written_tokens) == (9, 4, 2)
    assert turn.sound_ms == 200 and turn.cued


def test_what_held_nothing_for_us_is_forgotten() -> None:
    recorder = Recorder()
    for at in range(1_000):
        recorder(PartialHeard(at, "la la"))
        recorder(NothingSaid(at))
    for each in [*asked(), *answered(25_600)]:
        recorder(each)
    assert recorder.turns[0].partials == [(8_000, "he")]


def test_the_stages_of_a_draft_come_in_their_own_order_and_add_up() -> None:
    (turn,) = reports(*drafted())
    assert list(turn.stages_ms().items()) == [
        ("stt_final", 187.5),
        ("llm_first_token", 10),
        ("llm_first_clause", 10),
        ("tts_first_chunk", 5),
        ("endpoint", 287.5),
        ("playback", 20),
    ]
    assert turn.response_ms == 520


moments = st.integers(0, 1_000_000)


@given(st.lists(moments, min_size=7, max_size=7), st.lists(st.booleans(), min_size=3, max_size=3))
def test_stages_add_up_whichever_are_missing(times: list[int], there: list[bool]) -> None:
    end, endpoint, transcript, *others, reply_start = sorted(times)
    token, clause, sound = (
        at if is_there else None for at, is_there in zip(others, there, strict=True)
    )
    turn = TurnReport(
        speech_end=end,
        endpoint=endpoint,
        transcript=transcript,
        first_token=token,
        first_clause=clause,
        first_sound=sound,
        reply_start=reply_start,
    )
    stages = turn.stages_ms()
    missing = [name for name, stage in stages.items() if stage is None]
    assert missing == [
        name
        for name, is_there in zip(
            ["llm_first_token", "llm_first_clause", "tts_first_chunk"], there, strict=True
        )
        if not is_there
    ]
    durations = [stage for stage in stages.values() if stage is not None]
    assert all(stage >= 0 for stage in durations)
    assert sum(durations) == pytest.approx(milliseconds_of(reply_start - end))
    assert turn.response_ms == milliseconds_of(reply_start - end)


def test_a_reply_that_was_never_heard_has_no_response_time() -> None:
    (turn,) = reports(
        *asked(),
        TurnStarted(25_600, 1),
        TokenWritten(25_760, "Hi", 1),
        TurnDone(26_000, 1, "", "", interrupted=True),
    )
    assert (turn.agent, turn.heard, turn.unsaid) == ("Hi", "", "Hi")
    assert turn.response_ms is None
    assert turn.stages_ms()["llm_first_token"] == 10.0
    assert turn.stages_ms()["playback"] is None
    assert turn.interrupted and turn.reply_end == 26_000


def test_asking_again_is_a_turn_without_a_language_model() -> None:
    (turn,) = reports(
        SpeechEnded(24_000, 0, 16_000),
        Misunderstood(25_600, 0, "purple", -3.0),
        TurnStarted(25_600, 1),
        ClauseWritten(25_600, "Pardon?"),
        SoundMade(25_760, 1_600, 16_000),
        ReplyStarted(25_920),
        TurnDone(30_000, 1, "Pardon?", "Pardon?", interrupted=False),
    )
    assert (turn.understood, turn.user, turn.avg_logprob) == (False, "purple", -3.0)
    stages = turn.stages_ms()
    assert stages["llm_first_token"] is None and stages["llm_first_clause"] == 0.0
    assert sum(stage for stage in stages.values() if stage) == turn.response_ms == 620.0
    assert turn.agent == turn.heard == "Pardon?"


def test_a_failure_names_the_stage() -> None:
    (turn,) = reports(*asked(), TurnStarted(25_600, 1), TurnFailed(25_700, "EngineError"))
    assert turn.failed == "EngineError"


def test_turns_do_not_mix() -> None:
    first, second = reports(
        *asked(text="one"),
        *answered(25_600),
        *asked(100_000, "two"),
        *answered(125_600, "Bye.", turn=2),
    )
    assert (first.number, first.user, first.agent) == (1, "one", "Hi. There.")
    assert (second.number, second.user, second.agent) == (2, "two", "Bye.")
    assert (second.speech_start, second.speech_end) == (100_000, 116_000)
    assert first.response_ms == second.response_ms
    assert second.partials == [(108_000, "tw")]


def test_noise_before_a_question_is_not_part_of_it() -> None:
    (turn,) = reports(
        PartialHeard(1_000, "hm"),
        SpeechEnded(9_000, 0, 1_000),
        NothingSaid(9_500),
        *asked(20_000),
        *answered(45_600),
    )
    assert turn.partials == [(28_000, "he")]
    assert (turn.speech_start, turn.speech_end, turn.endpoint) == (20_000, 36_000, 44_000)


def test_a_question_asked_into_a_reply_belongs_to_the_next_turn() -> None:
    first_half = [
        each
        for each in answered(25_600, "Hi. There.")
        if not isinstance(each, ReplyEnded | TurnDone)
    ]
    first, second = reports(
        *asked(),
        *first_half,
        PartialHeard(30_000, "st"),
        TurnDone(31_000, 1, "Hi. There.", "Hi.", interrupted=True),
        SpeechEnded(44_000, 28_000, 36_000),
        Understood(45_000, 28_000, "stop", -0.1),
        *answered(45_000, "Well.", turn=2),
    )
    assert (first.heard, first.interrupted, first.reply_end) == ("Hi.", True, 31_000)
    assert (first.unsaid, second.unsaid) == (" There.", "")
    assert first.partials == [(8_000, "he")]
    assert second.partials == [(30_000, "st")]
    assert (second.speech_start, second.user) == (28_000, "stop")


def test_the_log_holds_numbers_and_never_a_word(caplog: pytest.LogCaptureFixture) -> None:
    log = TurnLog()
    unheard = [TurnStarted(90_000, 2), TurnDone(91_000, 2, "Well", "", interrupted=True)]
    with caplog.at_level("INFO"):
        for what in [*asked(), *answered(25_600), *asked(60_000), *unheard]:
            log(what)
    assert caplog.messages == [
        "turn 1: complete, response 660 ms (endpoint 500, stt_final 100, llm_first_token 10, "
        "llm_first_clause 20, tts_first_chunk 10, playback 20)",
        "turn 2: interrupted, never heard (endpoint 500, stt_final 100)",
    ]


def test_what_comes_before_the_first_turn_is_no_turn() -> None:
    stray: Iterable[Event | Note] = (ReplyStarted(1), TokenWritten(2, "x", 1), TurnFailed(3, "x"))
    assert reports(*stray) == []


def test_who_wrote_the_reply_and_what_was_used_for_it() -> None:
    happened = [*asked(), Routed(10, "intent"), ToolUsed(11, "set_timer", True), *answered(20)]
    (turn,) = reports(*happened)
    assert (turn.route, turn.tools) == ("intent", [("set_timer", True)])


def test_what_nobody_asked_for_has_no_response_time() -> None:
    rings: list[Event | Note] = [Announced(50_000), TurnStarted(50_000, 2), ReplyStarted(50_400)]
    done = TurnDone(60_000, 2, "Your timer is done.", "Your timer is done.", False)
    turn = reports(*asked(), *answered(20), *rings, done)[-1]
    assert turn.unasked and turn.user == "" and turn.response_ms is None
    assert turn.agent == "Your timer is done."
