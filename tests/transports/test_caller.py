"""The scripted person: when they speak, what they hear, and on whose clock."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import aclosing
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import AudioChunk, Samples, samples_of
from edgevoice.testing import run_virtual
from edgevoice.transports.caller import PERIOD, Caller, Cue, Line, Person, Sounded

PATIENCE = samples_of(5_000)


def clip(ms: int, height: int = 5_000, silence_ms: int = 0) -> Samples:
    """A sound, with silence on either side."""
    silence = np.zeros(samples_of(silence_ms), np.int16)
    return np.concatenate([silence, np.full(samples_of(ms), height, np.int16), silence])


def listened(
    person: Person, agent_sounds: Callable[[int], bool] = lambda _: False, seconds: int = 30
) -> Samples:
    """The person's track, while the agent sounds as a function of the sample says."""
    ticks = range(0, samples_of(1_000 * seconds), PERIOD)
    return np.concatenate([person.tick(agent_sounds(at), PERIOD) for at in ticks])


def during(*spans: tuple[int, int]) -> Callable[[int], bool]:
    """Sounds in these spans of milliseconds."""
    return lambda at: any(samples_of(start) <= at < samples_of(end) for start, end in spans)


def begins(person: Person) -> list[float]:
    """When the lines began, in milliseconds."""
    return [spoken.start * 1_000 / 16_000 for spoken in person.spoken]


def in_time(wanted: float) -> object:
    """Up to one tick early: a person acts on what they have heard by the end of a tick."""
    return pytest.approx(wanted - 10, abs=10)


# --- the person


@given(st.integers(0, 3_000), st.integers(40, 2_000))
def test_the_first_line_comes_its_time_after_the_start(ms: int, length: int) -> None:
    person = Person([Line(clip(length), "hello", ms=ms)], PATIENCE)
    track = listened(person, seconds=6)
    spoken = person.spoken[0]
    assert abs(spoken.start - samples_of(ms)) <= PERIOD
    np.testing.assert_array_equal(np.flatnonzero(track), np.arange(spoken.start, spoken.end))
    assert spoken.end - spoken.start == samples_of(length)


@pytest.mark.parametrize(
    ("cue", "ms", "agent", "wanted"),
    [
        # The first line ends at 1,000 ms; the agent speaks in the spans given.
        (Cue.LINE_ENDED, 700, [], 1_700),
        (Cue.LINE_ENDED, 700, [(1_100, 9_000)], 1_700),
        (Cue.REPLY_STARTED, 500, [(2_000, 4_000)], 2_500),
        (Cue.REPLY_STARTED, 500, [(2_000, 2_200)], 2_500),
        (Cue.REPLY_STARTED, 20, [(2_000, 4_000)], 2_020),
        (Cue.REPLY_ENDED, 600, [(2_000, 4_000)], 4_600),
        (Cue.REPLY_ENDED, 600, [(2_000, 3_000), (3_400, 4_000)], 4_600),
        # What sounded before my line is over is no answer to it.
        (Cue.REPLY_ENDED, 600, [(500, 900), (2_000, 4_000)], 4_600),
        (Cue.REPLY_STARTED, 500, [(500, 900), (2_000, 4_000)], 2_500),
        # Nobody answers: the person goes on, after a while.
        (Cue.REPLY_ENDED, 600, [], 6_000),
        (Cue.REPLY_STARTED, 600, [], 6_000),
        # Somebody answers at great length: the person lets them.
        (Cue.REPLY_ENDED, 600, [(2_000, 20_000)], 20_600),
    ],
)
def test_a_line_comes_its_time_after_its_cue(
    cue: Cue, ms: int, agent: list[tuple[int, int]], wanted: int
) -> None:
    person = Person([Line(clip(800), None, ms=220), Line(clip(300), None, cue, ms)], PATIENCE)
    listened(person, during(*agent))
    assert begins(person) == [200, in_time(wanted)]


def test_lines_follow_each_other_and_never_overlap() -> None:
    lines = [Line(clip(500, height), None, Cue.LINE_ENDED, 0) for height in (1_000, 2_000, 3_000)]
    track = listened(Person(lines, PATIENCE), seconds=2)
    heights = track[np.flatnonzero(np.diff(track, prepend=0))]
    assert heights.tolist() == [1_000, 2_000, 3_000, 0]


def test_a_line_is_dated_by_its_voice() -> None:
    person = Person([Line(clip(400, silence_ms=300), "hi", ms=1_000)], PATIENCE)
    track = listened(person)
    (spoken,) = person.spoken
    voiced = np.flatnonzero(track)
    assert (spoken.start, spoken.end) == (voiced[0], voiced[-1] + 1)
    assert spoken.line.text == "hi"


def test_a_person_is_gone_when_everything_was_said_and_answered() -> None:
    person = Person([Line(clip(800), None, ms=20)], PATIENCE)
    agent = during((2_000, 4_000))
    gone = [at for at in range(0, samples_of(8_000), PERIOD) if _tick_and_ask(person, agent, at)]
    assert gone[0] * 1_000 / 16_000 == in_time(5_200)


def test_a_person_who_is_not_answered_leaves_in_the_end() -> None:
    person = Person([Line(clip(800), None, ms=20)], PATIENCE)
    silent = during()
    gone = [at for at in range(0, samples_of(8_000), PERIOD) if _tick_and_ask(person, silent, at)]
    assert gone[0] * 1_000 / 16_000 == in_time(5_800)


def _tick_and_ask(person: Person, agent: Callable[[int], bool], at: int) -> bool:
    person.tick(agent(at), PERIOD)
    return person.gone


# --- the caller


def call(
    caller: Caller, *others: Callable[[Caller], Coroutine[None, None, None]], ticks: int = 100
) -> list[AudioChunk]:
    """Listen for so many ticks at most, while `others` do what they do, on a virtual clock."""

    async def main() -> list[AudioChunk]:
        heard = list[AudioChunk]()
        await caller.open()
        async with asyncio.TaskGroup() as group:
            for other in others:
                group.create_task(other(caller))
            await asyncio.sleep(0)  # they begin at nought
            async with aclosing(caller.chunks()) as chunks:  # type: ignore[type-var]
                async for chunk in chunks:
                    heard.append(chunk)
                    if len(heard) == ticks:
                        break
            await caller.aclose()
        return heard

    return run_virtual(main())


def speech(ms: int, rate: int = 16_000, height: int = 1_000) -> AudioChunk:
    return AudioChunk(np.full(samples_of(ms, rate), height, np.int16), rate)


def track(sounded: Sequence[Sounded]) -> list[tuple[float, float, int]]:
    """What sounded: from, to (milliseconds), height."""
    return [
        (s.start / 16, s.start / 16 + len(s.pcm) * 1_000 / s.rate, int(s.pcm[0])) for s in sounded
    ]


def test_chunks_are_the_clock() -> None:
    caller = Caller([Line(clip(100), None, ms=100)])

    async def main() -> list[tuple[float, int, int]]:
        loop = asyncio.get_running_loop()
        async with aclosing(caller.chunks()) as chunks:  # type: ignore[type-var]
            return [(loop.time(), c.start, len(c.pcm)) async for c in chunks if c.start < 16_000]

    seen = run_virtual(main())
    assert [(start, samples) for _, start, samples in seen] == [
        (n * PERIOD, PERIOD) for n in range(50)
    ]
    assert [time for time, *_ in seen] == pytest.approx([(n + 1) * 0.02 for n in range(50)])
    assert caller.dropped == 0


def test_the_microphone_catches_up_after_the_listener_was_busy() -> None:
    caller = Caller([])

    async def main() -> list[float]:
        loop, times = asyncio.get_running_loop(), list[float]()
        async for chunk in caller.chunks():
            if chunk.start == 10 * PERIOD:
                await asyncio.sleep(0.1)
            times.append(loop.time())
        return times

    times = run_virtual(main())
    assert times[10] == pytest.approx(0.32)
    assert times[9] == pytest.approx(0.2) and times[20] == pytest.approx(0.42)


def test_what_the_person_says_is_what_is_delivered() -> None:
    caller = Caller([Line(clip(90), None, ms=100)])
    chunks = call(caller, ticks=30)
    assert all(first.end == second.start for first, second in pairwise(chunks))
    delivered = np.concatenate([chunk.pcm for chunk in chunks])
    (spoken,) = caller.spoken
    assert np.flatnonzero(delivered).tolist() == list(range(spoken.start, spoken.end))
    np.testing.assert_array_equal(delivered, np.concatenate(caller.said))


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000])
def test_heard_counts_what_has_sounded_tick_by_tick(rate: int) -> None:
    caller, heard = Caller([]), list[int]()

    async def agent(caller: Caller) -> None:
        await caller.play(speech(60, rate))
        await caller.play(speech(40, rate))
        await asyncio.sleep(0.01)
        for _ in range(8):
            heard.append(caller.heard())
            await asyncio.sleep(0.02)

    call(caller, agent, ticks=12)
    assert heard == [samples_of(ms, rate) for ms in (0, 20, 40, 60, 80, 100, 100, 100)]
    assert sum(len(piece.pcm) for piece in caller.sounded) == samples_of(100, rate)


def test_nothing_is_heard_before_it_was_made() -> None:
    caller = Caller([])

    async def agent(caller: Caller) -> None:
        await asyncio.sleep(0.113)
        await caller.play(speech(60))

    call(caller, agent, ticks=20)
    assert track(caller.sounded) == [(120, 140, 1_000), (140, 160, 1_000), (160, 180, 1_000)]


def test_a_flush_drops_what_waits_and_answers_what_was_heard() -> None:
    caller, answers = Caller([]), list[int]()

    async def agent(caller: Caller) -> None:
        await caller.play(speech(500))
        await asyncio.sleep(0.105)
        answers.append(caller.heard())
        answers.append(caller.flush())
        answers.append(caller.heard())
        await caller.play(speech(20, height=2_000))
        await asyncio.sleep(0.1)
        answers.append(caller.heard())
        answers.extend([caller.flush(), caller.flush()])

    call(caller, agent, ticks=20)
    # In the middle of the sixth tick: it is on its way to the ear, and is heard to its end.
    assert answers == [samples_of(ms) for ms in (100, 120, 0, 20, 20, 0)]
    assert track(caller.sounded)[-2:] == [(100, 120, 1_000), (120, 140, 2_000)]


def test_playing_waits_while_the_buffer_is_full() -> None:
    caller, times = Caller([], buffer_ms=100), list[float]()

    async def agent(caller: Caller) -> None:
        for _ in range(6):
            await caller.play(speech(60))
            times.append(asyncio.get_running_loop().time())

    call(caller, agent, ticks=40)
    assert times == [0, 0, pytest.approx(0.02), pytest.approx(0.08), pytest.approx(0.14), 0.2]
    assert track(caller.sounded)[-1][1] == 360


def test_a_flush_makes_room_for_who_waits() -> None:
    caller, times = Caller([], buffer_ms=100), list[float]()

    async def agent(caller: Caller) -> None:
        await caller.play(speech(1_000))
        await caller.play(speech(60, height=2_000))
        times.append(asyncio.get_running_loop().time())

    async def impatient(caller: Caller) -> None:
        await asyncio.sleep(0.05)
        caller.flush()

    call(caller, agent, impatient, ticks=20)
    assert times == [0.05]
    assert track(caller.sounded)[-1] == (100, 120, 2_000)


def test_hanging_up_ends_the_call_and_frees_who_waits() -> None:
    caller = Caller([Line(clip(1_000), None, ms=10_000)], buffer_ms=100)

    async def agent(caller: Caller) -> None:
        for _ in range(10):
            await caller.play(speech(10_000))

    async def main() -> int:
        count = 0
        async with asyncio.TaskGroup() as group:
            group.create_task(agent(caller))
            async for _ in caller.chunks():
                count += 1
                if count == 5:
                    await caller.aclose()
                    await caller.aclose()
        return count

    assert run_virtual(main()) == 5
    assert not caller.spoken


def test_the_call_ends_when_everything_was_said_and_answered() -> None:
    caller = Caller([Line(clip(500), None, ms=20)])

    async def agent(caller: Caller) -> None:
        await asyncio.sleep(1)
        await caller.play(speech(400))

    chunks = call(caller, agent, ticks=10_000)
    assert chunks[-1].end / 16 == in_time(1_400 + 1_200 + 20)


def test_a_bystander_hears_both_sides() -> None:
    heard = list[tuple[bool, int | None]]()
    caller = Caller(
        [Line(clip(40), None, ms=60)],
        bystander=lambda said, sounded: heard.append(
            (bool(said.any()), sounded.start if sounded else None)
        ),
    )

    async def agent(caller: Caller) -> None:
        await caller.play(speech(40))

    call(caller, agent, ticks=5)
    assert heard == [
        (False, 0),
        (False, PERIOD),
        (False, None),
        (False, None),
        (True, None),
    ]
