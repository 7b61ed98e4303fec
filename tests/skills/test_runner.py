"""Whatever a tool does, something comes of it, in time."""

import asyncio
import logging
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from edgevoice.dialog.calls import Outcome, ToolSpec
from edgevoice.skills import runner, threads
from edgevoice.skills.runner import (
    AND_MORE,
    FAILED,
    LATE,
    LONGEST_PAUSE_S,
    MOST_SPOKEN,
    listenable,
    pause_s,
    run,
)
from edgevoice.skills.tool import Run, Tool, ToolFailedError, tool
from edgevoice.testing import run_virtual

SECRET = "the words that were said"
DONE = Outcome(True, say="Done.")
TIMEOUT_S = 10.0


class Nothing(BaseModel):
    """No arguments."""


def made(does: Run, *, tries: int = 1, trusted: bool = True) -> Tool:
    return Tool(
        ToolSpec("it", "Does it.", {}), Nothing, does, timeout_s=TIMEOUT_S, tries=tries,
        trusted=trusted,
    )  # fmt: skip


class Acts:
    """Does one thing after the other, one for each try."""

    def __init__(self, acts: Sequence[str]) -> None:
        self.acts = acts
        self.keys: list[str] = []

    async def __call__(self, arguments: Mapping[str, Any], key: str) -> Outcome:
        act = self.acts[len(self.keys)]
        self.keys.append(key)
        match act:
            case "hang":
                await asyncio.Event().wait()
            case "break":
                raise LookupError(SECRET)
            case "exit":
                raise SystemExit(SECRET)
            case "time out":
                raise TimeoutError(SECRET)  # its own, of a socket for example
            case "refuse":
                raise ToolFailedError("It is locked.")
            case "fail":
                return Outcome(False, "no")
        return DONE


ENDS = {"refuse": Outcome(False, say="It is locked."), "fail": Outcome(False, "no"), "do": DONE}
GOES_ON = {"hang": LATE, "break": FAILED, "exit": FAILED, "time out": FAILED}
ACTS = st.sampled_from([*ENDS, *GOES_ON])


def timed(does: Run, tries: int = 1) -> tuple[Outcome, float]:
    async def main() -> tuple[Outcome, float]:
        outcome = await run(made(does, tries=tries), {}, "key 7")
        return outcome, asyncio.get_running_loop().time()

    return run_virtual(main())


@given(st.lists(ACTS, min_size=1, max_size=6))
def test_tries(acts: list[str]) -> None:
    does = Acts(acts)
    outcome, took_s = timed(does, tries=len(acts))
    last = next((n for n, act in enumerate(acts) if act in ENDS), len(acts) - 1)
    assert outcome == (ENDS | GOES_ON)[acts[last]]
    assert does.keys == ["key 7"] * (last + 1)
    hangs = acts[: last + 1].count("hang")
    assert took_s == pytest.approx(
        hangs * TIMEOUT_S + sum(pause_s(tries) for tries in range(1, last + 1))
    )


@given(ACTS)
def test_without_more_tries_there_is_one(act: str) -> None:
    does = Acts([act])
    outcome, took_s = timed(does)
    assert (outcome, len(does.keys)) == ((ENDS | GOES_ON)[act], 1)
    assert took_s == (TIMEOUT_S if act == "hang" else 0)


@given(st.integers(1, 10_000))
def test_pauses_grow_up_to_a_limit(tries: int) -> None:
    assert pause_s(tries) <= pause_s(tries + 1) <= LONGEST_PAUSE_S
    assert pause_s(tries + 1) in (2 * pause_s(tries), LONGEST_PAUSE_S)


@given(ACTS, st.booleans())
def test_what_others_wrote_is_marked(act: str, trusted: bool) -> None:
    outcome = run_virtual(run(made(Acts([act]), trusted=trusted), {}, ""))
    assert outcome.trusted is trusted


def test_a_tool_may_say_itself_that_it_is_not_ours() -> None:
    async def quote(_arguments: Mapping[str, Any], _key: str) -> Outcome:
        return Outcome(True, "their words", trusted=False)

    assert not run_virtual(run(made(quote), {}, "")).trusted


def test_there_is_always_something_to_say() -> None:
    async def mute(_arguments: Mapping[str, Any], _key: str) -> Outcome:
        raise ToolFailedError

    assert run_virtual(run(made(mute), {}, "")).say == FAILED.say


@given(ACTS)
def test_no_word_of_it_gets_into_the_log(act: str) -> None:
    records: list[logging.LogRecord] = []

    def note(record: logging.LogRecord) -> bool:
        records.append(record)
        return False

    runner.log.addFilter(note)
    try:
        run_virtual(run(made(Acts([act])), {"said": SECRET}, ""))
    finally:
        runner.log.removeFilter(note)
    assert [SECRET in record.getMessage() or bool(record.exc_info) for record in records] == (
        [False] if act in GOES_ON else []
    )
    assert all("it" in record.getMessage().split() for record in records)


def test_who_is_interrupted_interrupts_the_tool() -> None:
    stopped: list[str] = []

    async def does(_arguments: Mapping[str, Any], _key: str) -> Outcome:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            stopped.append("yes")
            raise
        return DONE

    async def main() -> None:
        task = asyncio.create_task(run(made(does, tries=3), {}, ""))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run_virtual(main())
    assert stopped == ["yes"]


def test_a_plain_function_that_hangs_is_left_behind() -> None:
    gate = threading.Event()

    @tool(timeout_s=0.01)
    def hang() -> str:
        """Hangs."""
        gate.wait(10)
        return "done"

    try:
        assert asyncio.run(run(hang, {}, "")) == LATE
    finally:
        gate.set()


def test_too_many_that_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "MOST_THREADS", 0)

    @tool(tries=5)
    def quick() -> str:
        """Is quick."""
        return "done"

    assert asyncio.run(run(quick, {}, "")) == Outcome(False, say=threads.BUSY)


ENDINGS = [asyncio.CancelledError, KeyboardInterrupt, GeneratorExit, BaseException]


@pytest.mark.parametrize("kind", ENDINGS)
@pytest.mark.parametrize("threaded", [True, False])
def test_what_would_end_a_task_or_a_program_ends_a_tool(
    kind: type[BaseException], threaded: bool, caplog: pytest.LogCaptureFixture
) -> None:
    def plain() -> str:
        """Breaks."""
        raise kind(SECRET)

    async def by_itself() -> str:
        """Breaks."""
        raise kind(SECRET)

    broken = tool(plain if threaded else by_itself)
    assert asyncio.run(asyncio.wait_for(run(broken, {}, ""), 5)) == FAILED
    assert [record.message.split()[-1] for record in caplog.records] == [f"({kind.__name__})"]


@given(st.text(st.sampled_from("ab.! "), min_size=MOST_SPOKEN - 2, max_size=MOST_SPOKEN + 50))
def test_no_answer_is_longer_than_anybody_listens(text: str) -> None:
    said = listenable(text)
    assert len(said) <= MOST_SPOKEN + len(AND_MORE)
    assert said == text or (said.endswith(AND_MORE) and text.startswith(said[: -len(AND_MORE)]))


def test_it_is_cut_where_a_sentence_or_a_word_ends() -> None:
    assert listenable("One two. " * 500).endswith("two. One two. And so on.")
    assert listenable("one two " * 500).endswith((" one And so on.", " two And so on."))
    assert listenable("x" * 10_000) == "x" * MOST_SPOKEN + AND_MORE
