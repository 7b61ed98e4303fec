"""The words of one utterance: what is looked at, how often, and what is thrown away."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from edgevoice.audio.chunk import samples_of
from edgevoice.engines.base import Stop, Transcript
from edgevoice.errors import EngineError
from edgevoice.testing import run_virtual
from edgevoice.utterance import TAIL, Utterance

SECOND = samples_of(1_000)


class Ears:
    """Understands one word a second, w0, w1, …; takes 0.1 s for it; remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []
        self.stopped = 0
        self.fails = False

    async def __call__(self, start: int, end: int, stop: Stop) -> Transcript:
        self.asked.append((start, end))
        await asyncio.sleep(0.1)
        if self.fails:
            raise EngineError("deaf", "Speak up.")
        if stop.is_set():
            self.stopped += 1
            return Transcript("")
        words = [f"w{n}" for n in range(-(-start // SECOND), end // SECOND)]
        return Transcript(" ".join(words), -0.1 * len(words))


def story(
    tell: Callable[[Utterance, Ears, list[tuple[int, int]]], Coroutine[Any, Any, None]],
) -> Ears:
    ears, pauses = Ears(), list[tuple[int, int]]()
    run_virtual(tell(Utterance(0, 0, ears, pauses), ears, pauses))
    return ears


def test_words_become_stable_when_two_looks_agree() -> None:
    async def tell(utterance: Utterance, ears: Ears, pauses: list[tuple[int, int]]) -> None:
        assert utterance.stable == ""
        await utterance.look(2 * SECOND)
        assert (utterance.stable, utterance.latest) == ("", "w0 w1")
        await utterance.look(3 * SECOND)
        assert (utterance.stable, utterance.latest) == ("w0 w1", "w0 w1 w2")

    story(tell)


def test_a_look_that_saw_everything_is_the_final_transcript() -> None:
    async def tell(utterance: Utterance, ears: Ears, pauses: list[tuple[int, int]]) -> None:
        look = asyncio.create_task(utterance.look(2 * SECOND + samples_of(80)))
        await asyncio.sleep(0.05)
        assert (await utterance.finish(2 * SECOND)).text == "w0 w1"
        assert await look
        assert len(ears.asked) == 1

    story(tell)


def test_a_look_that_is_out_of_date_makes_room() -> None:
    async def tell(utterance: Utterance, ears: Ears, pauses: list[tuple[int, int]]) -> None:
        look = asyncio.create_task(utterance.look(2 * SECOND))
        await asyncio.sleep(0.05)
        assert (await utterance.finish(3 * SECOND)).text == "w0 w1 w2"
        assert not await look and ears.stopped == 1

    story(tell)


def test_a_long_utterance_costs_no_more_than_a_short_one() -> None:
    async def tell(utterance: Utterance, ears: Ears, pauses: list[tuple[int, int]]) -> None:
        for second in range(1, 60):
            if second % 5 == 0:
                pauses.append((second * SECOND - 1_000, second * SECOND + 1_000))
            await utterance.look(second * SECOND)
        final = await utterance.finish(60 * SECOND)
        assert final.text == " ".join(f"w{n}" for n in range(60))
        assert final.avg_logprob == pytest.approx(-0.5)  # the least certain stretch

    longest = max(end - start for start, end in story(tell).asked)
    assert longest <= 14 * SECOND


def test_nothing_is_cut_where_nobody_paused() -> None:
    async def tell(utterance: Utterance, ears: Ears, pauses: list[tuple[int, int]]) -> None:
        for second in range(1, 20):
            await utterance.look(second * SECOND)
        assert {start for start, _ in ears.asked} == {0}

    story(tell)


def test_a_final_transcript_that_nobody_waits_for_is_stopped() -> None:
    async def tell(utterance: Utterance, ears: Ears, pauses: list[tuple[int, int]]) -> None:
        stops: list[Stop] = []

        async def hear(start: int, end: int, stop: Stop) -> Transcript:
            stops.append(stop)
            await asyncio.sleep(1)
            return Transcript("late")

        waiting = asyncio.create_task(Utterance(0, 0, hear, []).finish(SECOND))
        await asyncio.sleep(0.1)
        waiting.cancel()
        await asyncio.sleep(0)
        assert stops[0].is_set()

    story(tell)


def test_a_look_that_fails_does_not_spoil_the_final_transcript() -> None:
    async def tell(utterance: Utterance, ears: Ears, pauses: list[tuple[int, int]]) -> None:
        ears.fails = True
        with pytest.raises(EngineError):
            await utterance.look(SECOND)
        ears.fails = False
        assert (await utterance.finish(2 * SECOND)).text == "w0 w1"
        with pytest.raises(EngineError):
            ears.fails = True
            await utterance.finish(2 * SECOND)

    story(tell)


def test_what_comes_before_and_after_is_heard_too() -> None:
    ears = Ears()
    utterance = Utterance(SECOND, samples_of(300), ears, [])
    run_virtual(utterance.finish(2 * SECOND))
    assert ears.asked == [(SECOND - samples_of(300), 2 * SECOND + TAIL)]
    assert run_virtual(Utterance(100, 4_800, ears, []).finish(200)) == Transcript("")
    assert ears.asked[1][0] == 0
