import io
import os
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from edgevoice.audio.chunk import samples_of
from edgevoice.dialog.events import (
    Announced,
    ClauseWritten,
    DraftDropped,
    Event,
    Misunderstood,
    Note,
    NothingSaid,
    PartialHeard,
    ReplyEnded,
    ReplyStarted,
    SoundMade,
    SpeechConfirmed,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    TokenWritten,
    TurnDone,
    TurnFailed,
    TurnStarted,
    Understood,
)
from edgevoice.report import Recorder, TurnReport
from edgevoice.show import BAR_CELLS, Quiet, Show, bar, summary, tidy, timing
from edgevoice.signals import Phase

FRANCE = "The capital of France is Paris."


def ms(milliseconds: int) -> int:
    return samples_of(milliseconds)


def answered() -> list[Event | Note]:
    return [
        SpeechStarted(ms(1032), ms(900)),
        PartialHeard(ms(1500), "what is the"),
        SpeechEnded(ms(2740), ms(900), ms(2400)),
        Understood(ms(2771), ms(900), "what is the capital of France", -0.1),
        TurnStarted(ms(2771), 1),
        TokenWritten(ms(2783), "The", 1),
        ClauseWritten(ms(2803), FRANCE),
        SoundMade(ms(2808), 1600, 16_000),
        ReplyStarted(ms(2812)),
        ReplyEnded(ms(5000)),
        TurnDone(ms(5000), 1, FRANCE, FRANCE, False),
    ]


def interrupted() -> list[Event | Note]:
    return [
        Understood(ms(400), 0, "planets", -0.1),
        TurnStarted(ms(400), 1),
        TokenWritten(ms(450), "There are eight. ", 1),
        ClauseWritten(ms(500), "There are eight. "),
        TokenWritten(ms(550), "Jupiter is the largest. ", 1),
        ClauseWritten(ms(600), "Jupiter is the largest. "),
        TokenWritten(ms(650), "Pluto is none.", 1),
        ClauseWritten(ms(700), "Pluto is none."),
        ReplyStarted(ms(710)),
        SpeechStarted(ms(2000), ms(1900)),
        SpeechConfirmed(ms(2100), ms(1900)),
        TurnDone(ms(2100), 1, "There are eight. Jupiter is the largest. ", "There are", True),
        PartialHeard(ms(2500), "wait"),
    ]


def shown(events: Sequence[Event | Note], width: int = 80) -> str:
    """What a file gets."""
    file = io.StringIO()
    with Show(Console(file=file, width=width)) as show:
        for event in events:
            show(event)
    return file.getvalue()


def on_a_terminal(events: Sequence[Event | Note]) -> str:
    file = io.StringIO()
    console = Console(file=file, width=100, force_terminal=True, _environ={"TERM": "xterm"})
    with Show(console) as show:
        for event in events:
            show(event)
    return file.getvalue()


def test_a_turn_is_three_lines() -> None:
    assert shown(answered()).splitlines() == [
        "● you    what is the capital of France",
        "◆ agent  The capital of France is Paris.",
        "         412 ms █████████████████▓▒░ = endpoint 340 · words 31 · first token 12",
        "         · clause 20 · voice 5 · playback 4",
    ]


def test_what_nobody_asked_for_answers_nothing_and_took_no_time() -> None:
    rings: list[Event | Note] = [
        Announced(ms(9_000)),
        TurnStarted(ms(9_000), 2),
        ClauseWritten(ms(9_000), "Your timer is done."),
        ReplyStarted(ms(9_050)),
        ReplyEnded(ms(9_900)),
        TurnDone(ms(9_900), 2, "Your timer is done.", "Your timer is done.", False),
    ]
    assert shown([*answered(), *rings]).splitlines()[4:] == ["◆ agent  Your timer is done."]


def test_a_file_gets_no_unfinished_lines() -> None:
    assert "…" not in shown(answered()[:2])
    assert shown(answered()[:2]) == ""


def test_on_a_terminal_words_appear_as_they_come() -> None:
    assert "what is the …" in on_a_terminal(answered()[:2])
    assert FRANCE in on_a_terminal(answered()[:7])


def test_the_cursor_is_never_left_hidden() -> None:
    file = io.StringIO()
    show = Show(Console(file=file, force_terminal=True, _environ={"TERM": "xterm"}))
    for event in answered()[:2]:
        show(event)
    assert file.getvalue().rindex("\x1b[?25h") > file.getvalue().rindex("\x1b[?25l")
    show.close()


def test_what_was_never_said_is_struck_through() -> None:
    output = on_a_terminal(interrupted())
    assert "\x1b[2;9meight. Jupiter is the largest. Pluto is none." in output


def test_what_was_never_said_is_told_without_colours_too() -> None:
    unsaid = "never said: eight. Jupiter is the largest. Pluto is none."
    assert f"◆ agent  There are ✂ {unsaid}" in shown(interrupted(), 100)


def test_a_short_sound_during_a_reply_leaves_no_trace() -> None:
    calm = answered()
    cough = [SpeechStarted(ms(3000), ms(2900)), SpeechEnded(ms(3400), ms(2900), ms(3000))]
    assert shown([*calm[:-2], *cough, *calm[-2:]]) == shown(calm)


def test_noise_without_words_leaves_no_trace() -> None:
    noise = [SpeechStarted(10, 0), SpeechEnded(30, 0, 20), NothingSaid(40)]
    assert shown(noise) == ""


def test_uncertain_words_are_asked_again() -> None:
    def asked_again(text: str, certainty: float) -> str:
        return shown([Misunderstood(0, 0, text, certainty), TurnStarted(0, 1)])

    assert "“pair is” ? not sure (25%): asking again" in asked_again("pair is", -1.4)
    assert "? not understood" in asked_again("", float("-inf"))
    assert "(0%)" in asked_again("words", float("nan"))


def test_words_that_were_not_the_last_ones_are_not_printed() -> None:
    what: list[Event | Note] = [
        SpeechStarted(10, 0),
        SpeechPaused(20, 0, 15),
        Understood(30, 0, "what is", 0.0),
        DraftDropped(40),
        SpeechResumed(40),
        SpeechEnded(90, 0, 60),
        Understood(95, 0, "what is new", 0.0),
        TurnStarted(95, 1),
    ]
    assert shown(what).split() == ["●", "you", "what", "is", "new"]


def test_it_is_told_when_we_listen_and_when_not() -> None:
    screen = io.StringIO()
    show = Show(Console(file=screen, width=60))
    for phase in (*Phase, Phase.SPEAKING, Phase.ASLEEP, Phase.HEARING, Phase.THINKING):
        show.show(phase)
    assert screen.getvalue().splitlines() == [
        "○ not listening",
        "○ muted",
        "○ listening",
        "○ not listening",
        "○ listening",
    ]


def test_a_failure_is_named() -> None:
    failed = [TurnStarted(0, 1), TurnFailed(5, "EngineError"), TurnDone(9, 1, "", "", False)]
    assert "✗ failed: EngineError" in shown(failed)
    assert "(nothing was said)" in shown(failed)


def test_words_cannot_command_the_terminal() -> None:
    assert tidy("a\x1b[2Jb\r\nc\t\ud800[bold]") == "a[2Jb c [bold]"
    loud = Understood(0, 0, "[bold]loud[/nonsense]", 0.0)
    assert "[bold]loud" in shown([loud, TurnStarted(0, 1)])


def test_no_line_is_wider_than_the_terminal() -> None:
    for width in (12, 30, 80):
        for line in shown([*answered(), *interrupted()], width).splitlines():
            assert len(line) <= width


def test_wide_letters_wrap_by_their_width() -> None:
    wide = Understood(0, 0, "東京の天気はどうですか" * 4, 0.0)
    output = shown([wide, TurnStarted(0, 1)], width=40)
    assert all(len(line[9:]) * 2 <= 31 for line in output.splitlines())
    assert len(output.splitlines()) > 1


def test_rounded_stages_add_up() -> None:
    turn = TurnReport(speech_end=0, endpoint=7, transcript=15, first_token=22, reply_start=40)
    numbers = [int(atom.plain.split()[-1]) for atom in timing(turn)[2:]]
    assert sum(numbers) == round(turn.response_ms or 0)


def test_a_stage_that_did_not_happen_is_not_shown() -> None:
    turn = TurnReport(endpoint=ms(300), transcript=ms(350), reply_start=ms(400))
    assert [atom.plain for atom in timing(turn)[2:]] == [
        "= endpoint 300",
        "· words 50",
        "· playback 50",
    ]


def test_a_bar_is_full() -> None:
    turn = TurnReport(endpoint=ms(300), transcript=ms(350), reply_start=ms(400))
    assert len(bar(turn, BAR_CELLS)) == BAR_CELLS
    assert bar(TurnReport(reply_start=0), BAR_CELLS).plain == ""


def test_a_summary_has_every_turn_and_the_median() -> None:
    recorder = Recorder()
    for event in [*answered(), *interrupted()]:
        recorder(event)
    console = Console(file=io.StringIO(), width=100, record=True)
    rung = TurnReport(unasked=True, reply_start=900_000, heard="Your timer is done.")
    console.print(summary([*recorder.turns, rung], [None, 212.4]))
    text = console.export_text()
    assert "nobody asked" in text
    assert "what is the capital of France" in text
    assert "✂ 212 ms" in text
    assert "median response 561 ms, slowest 710 ms · silent 212 ms after a barge-in" in text


def test_a_summary_of_nothing() -> None:
    console = Console(file=io.StringIO(), width=100, record=True)
    console.print(summary([]))
    assert "Nothing was answered." in console.export_text()


TEXT = st.text(max_size=30)
MOMENT = st.integers(0, 10**6)
CERTAINTY = st.floats()
ANYTHING = st.one_of(
    st.builds(SpeechStarted, MOMENT, MOMENT),
    st.builds(SpeechConfirmed, MOMENT, MOMENT),
    st.builds(SpeechEnded, MOMENT, MOMENT, MOMENT),
    st.builds(PartialHeard, MOMENT, TEXT),
    st.builds(Understood, MOMENT, MOMENT, TEXT, CERTAINTY),
    st.builds(Misunderstood, MOMENT, MOMENT, TEXT, CERTAINTY),
    st.builds(NothingSaid, MOMENT),
    st.builds(Announced, MOMENT),
    st.builds(TurnStarted, MOMENT, MOMENT),
    st.builds(TokenWritten, MOMENT, TEXT),
    st.builds(ClauseWritten, MOMENT, TEXT),
    st.builds(SoundMade, MOMENT, MOMENT, st.just(16_000)),
    st.builds(ReplyStarted, MOMENT),
    st.builds(ReplyEnded, MOMENT),
    st.builds(TurnFailed, MOMENT, TEXT),
    st.builds(TurnDone, MOMENT, MOMENT, TEXT, TEXT, st.booleans()),
)


@given(st.lists(ANYTHING, max_size=12))
def test_nothing_that_happens_upsets_the_show(events: list[Event | Note]) -> None:
    shown(events, width=20)
    on_a_terminal(events)


def test_quiet_says_whether_it_listens_and_that_a_reply_failed_and_no_words() -> None:
    file = io.StringIO()
    quiet = Quiet(Console(file=file))
    said = "xylophone"
    for what in (PartialHeard(0, said), Understood(0, 0, said, -0.1), ClauseWritten(0, said)):
        quiet(what)
    for phase in (Phase.READY, Phase.HEARING, Phase.ERROR, Phase.MUTED):
        quiet.show(phase)
    assert file.getvalue() == "listening\na reply failed\nmuted\n"


def test_quiet_goes_on_where_nobody_reads_what_it_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, its = os.pipe()
    with os.fdopen(its, "w") as nowhere:
        monkeypatch.setattr(sys, "stdout", nowhere)  # rich turns it elsewhere
        quiet = Quiet(Console(file=nowhere))
        quiet.show(Phase.READY)
        os.close(ours)
        for phase in (Phase.MUTED, Phase.ERROR, Phase.READY):
            quiet.show(phase)
