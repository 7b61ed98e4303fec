"""Who rings, how often, and what becomes of what nobody answers."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.privacy.lifetime import Moment
from edgevoice.skills.ringing import AGAIN_S, LATE_S, MOST, TIMES, TOLD_S, Ringer
from edgevoice.skills.schedule import After, At, Kind
from edgevoice.skills.storage import Storage
from edgevoice.skills.timetable import Timetable
from edgevoice.skills.tool import ToolFailedError

UTC = ZoneInfo("UTC")
SEVEN = datetime(2026, 11, 21, 7, 0, tzinfo=UTC).timestamp()
KEY = bytes(range(32))


@dataclass
class Clock:
    """A machine's clocks, and what they are moved by."""

    wall: float = SEVEN
    up: float = 1_000.0
    boot: str = "a"

    def __call__(self) -> Moment:
        return Moment(wall=self.wall, boot=self.boot, up=self.up)

    def passes(self, seconds: float) -> None:
        self.wall += seconds
        self.up += seconds

    def starts_anew(self, off_s: float) -> None:
        self.boot, self.up = f"{self.boot}a", 20.0
        self.wall += off_s


@dataclass
class House:
    """A ringer and its clock, with a room that listens, or does not."""

    clock: Clock = field(default_factory=Clock)
    file: Path | None = None
    storage: Storage | None = None

    def __post_init__(self) -> None:
        table = Timetable(self.file, self.storage) if self.file else None
        self.ringer = Ringer(table, self.clock, UTC)

    def timer(self, seconds: int, label: str = "") -> None:
        self.ringer.add(Kind.TIMER, After(seconds, self.clock()), label)

    def alarm(self, at: str) -> None:
        self.ringer.add(Kind.ALARM, At(datetime.fromisoformat(at)))

    def hears(self, seconds: float, answers: bool = False, step: float = 1.0) -> list[str]:
        """What is said in so many seconds, every sentence of two seconds to its end."""
        told = []
        until = self.clock.up + seconds
        while self.clock.up < until:
            if words := self.ringer.due():
                told.append(words)
                self.clock.passes(2)
                self.ringer.said(True)
                if answers:
                    self.ringer.answered()
            self.clock.passes(step)
        return told

    def restarts(self) -> None:
        self.ringer.close()
        self.__post_init__()


def test_a_timer_rings_when_its_time_is_over_and_not_before() -> None:
    house = House()
    house.timer(300)
    assert house.hears(299) == []
    assert house.hears(5) == ["Your timer of 5 minutes is done."]


def test_it_rings_every_fifteen_seconds_until_it_is_answered() -> None:
    house = House()
    house.timer(60, "pasta")
    assert house.hears(60 + 3 * (AGAIN_S + 2) - 5) == ["Your pasta timer is done."] * 3
    house.ringer.answered()
    assert house.hears(600) == []
    assert not house.ringer.pending(Kind.TIMER) and not house.ringer.missed(Kind.TIMER)


def test_what_nobody_answers_is_given_up_and_remembered_for_a_while() -> None:
    house = House()
    house.timer(60, "pasta")
    assert len(house.hears(3_600)) == TIMES
    assert [entry.words for entry in house.ringer.missed(Kind.TIMER)] == ["pasta"]
    assert not house.ringer.pending(Kind.TIMER)
    house.clock.passes(TOLD_S)
    assert not house.ringer.missed(Kind.TIMER)


def test_what_is_due_together_is_said_in_one_breath() -> None:
    house = House()
    house.timer(300, "pasta")
    house.timer(303)
    house.alarm("2026-11-21T07:05")
    house.ringer.add(Kind.REMINDER, After(300, house.clock()), "call Mum")
    first, second, *_ = house.hears(330)
    assert first == "It's 7:05 AM. Your pasta timer is done. A reminder: call Mum."
    assert second == (
        "It's 7:05 AM. Your pasta timer and your timer of 5 minutes and 3 seconds are done. "
        "A reminder: call Mum."
    )


def test_an_alarm_follows_the_clock_and_says_what_it_shows() -> None:
    house = House()
    house.alarm("2026-11-21T08:00")
    house.clock.wall += 3_590  # somebody sets the clock
    assert house.hears(9) == []
    assert house.hears(3) == ["It's 8 AM."]
    house.clock.wall += 60
    assert house.hears(AGAIN_S + 1) == ["It's 8:01 AM."]


def test_no_clock_that_is_set_moves_a_timer() -> None:
    house = House()
    house.timer(60)
    house.clock.wall -= 86_400 * 365
    assert house.hears(59) == []
    house.clock.wall += 86_400 * 700
    assert len(house.hears(2)) == 1


def test_an_answer_to_something_else_does_not_count() -> None:
    house = House()
    house.timer(10)
    house.ringer.answered()
    house.clock.passes(11)
    house.ringer.answered()  # it is due, and was not said yet
    assert house.ringer.due()
    house.ringer.answered()
    house.ringer.said(False)  # somebody took the floor before it was heard
    house.ringer.answered()
    assert house.ringer.due() == ""
    assert len(house.hears(2)) == 1


def test_an_answer_while_it_is_said_counts() -> None:
    house = House()
    house.timer(10)
    house.clock.passes(11)
    assert house.ringer.due()
    house.ringer.answered()
    house.ringer.said(True)
    assert house.hears(100) == []


def test_a_voice_that_fails_is_not_asked_for_ever() -> None:
    house = House()
    house.timer(1)
    told = 0
    for _ in range(1_000):
        house.clock.passes(1)
        if house.ringer.due():
            told += 1
            house.ringer.said(False)
    assert told == TIMES


def test_what_is_cancelled_while_it_is_said_is_gone() -> None:
    house = House()
    house.timer(1)
    house.clock.passes(2)
    assert house.ringer.due()
    house.ringer.cancel(house.ringer.pending(Kind.TIMER))
    house.ringer.said(True)
    assert house.hears(100) == []


def test_there_cannot_be_too_many() -> None:
    house = House()
    for n in range(MOST):
        house.timer(n + 1)
    with pytest.raises(ToolFailedError, match="20 timers already"):
        house.timer(5)
    house.alarm("2026-11-21T08:00")


def test_a_machine_that_slept_tells_of_it_once() -> None:
    house = House()
    house.timer(60, "tea")
    house.clock.passes(LATE_S + 120)  # running time counts sleep
    assert house.hears(600) == ["Your tea timer ended at 7:01 AM."]
    assert house.ringer.missed(Kind.TIMER)


def test_the_late_and_the_live_do_not_wait_for_each_other() -> None:
    house = House()
    house.timer(60, "tea")
    house.timer(420, "egg")
    house.clock.passes(LATE_S + 121)
    first, second = house.hears(20)
    assert first == "Your egg timer is done. Your tea timer ended at 7:01 AM."
    assert second == "Your egg timer is done."


# --- across restarts


def kept(tmp_path: Path, storage: bool = True) -> House:
    sealed = Storage(tmp_path / "storage", KEY) if storage else None
    return House(file=tmp_path / "state" / "timers.json", storage=sealed)


def test_everything_survives_a_restart_of_the_process(tmp_path: Path) -> None:
    house = kept(tmp_path)
    house.timer(300, "pasta")
    house.alarm("2026-11-22T07:00")
    house.ringer.add(Kind.REMINDER, At(datetime(2026, 11, 21, 9)), "call Mum")
    before = {kind: house.ringer.pending(kind) for kind in Kind}
    house.clock.passes(100)
    house.clock.wall += 5_000  # set meanwhile: no matter
    house.restarts()
    assert {kind: house.ringer.pending(kind) for kind in Kind} == before
    assert house.hears(199) == []
    assert house.hears(2) == ["Your pasta timer is done."]


def test_without_storage_only_the_words_are_lost(tmp_path: Path) -> None:
    house = kept(tmp_path, storage=False)
    house.timer(300, "pasta")
    house.ringer.add(Kind.REMINDER, At(datetime(2026, 11, 21, 7, 5)), "call Mum")
    house.restarts()
    assert house.hears(302) == ["Your timer of 5 minutes is done. You had a reminder at 7:05 AM."]


def test_no_word_is_in_the_open(tmp_path: Path) -> None:
    house = kept(tmp_path)
    house.timer(300, "marmalade")
    house.ringer.close()
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"marmalade" not in path.read_bytes()


def test_what_came_due_while_the_machine_was_off_is_told_once(tmp_path: Path) -> None:
    house = kept(tmp_path)
    house.timer(300, "pasta")
    house.alarm("2026-11-21T07:30")
    house.ringer.close()
    house.clock.starts_anew(off_s=7_200)
    house.restarts()
    assert house.hears(600) == [
        "While I was off, your pasta timer ended at 7:05 AM and there was an alarm at 7:30 AM."
    ]
    house.restarts()
    assert house.hears(600) == []
    assert house.ringer.missed(Kind.TIMER) and house.ringer.missed(Kind.ALARM)


def test_a_short_restart_is_no_reason_to_be_late(tmp_path: Path) -> None:
    house = kept(tmp_path)
    house.timer(60)
    house.clock.passes(90)
    house.restarts()
    assert house.hears(2) == ["Your timer of 1 minute is done."]


def test_what_was_answered_or_cancelled_does_not_come_back(tmp_path: Path) -> None:
    house = kept(tmp_path)
    house.timer(10, "one")
    house.timer(1_000, "two")
    house.hears(15, answers=True)
    house.ringer.cancel(house.ringer.pending(Kind.TIMER))
    house.restarts()
    assert house.hears(2_000) == []
    assert not list((tmp_path / "storage").glob("*.sealed"))


times = st.lists(st.integers(1, 5_000), min_size=1, max_size=6)


@given(
    timers=times,
    jumps=st.lists(st.floats(-1e6, 1e6), max_size=6),
    steps=st.lists(st.floats(0.5, 400), min_size=1, max_size=60),
)
def test_every_timer_is_told_after_its_time_and_never_before(
    timers: list[int], jumps: list[float], steps: list[float]
) -> None:
    house = House()
    start = house.clock.up
    for n, seconds in enumerate(timers):
        house.timer(seconds, f"label{n}x")
    told: dict[int, float] = {}
    for n, step in enumerate([*steps, 5_001, 1]):
        house.clock.passes(step)
        house.clock.wall += jumps[n] if n < len(jumps) else 0
        if words := house.ringer.due():
            for number in range(len(timers)):
                if f"label{number}x" in words:
                    told.setdefault(number, house.clock.up - start)
            house.ringer.said(True)
            house.ringer.answered()
    assert told.keys() == set(range(len(timers)))
    assert all(at >= timers[number] - 1e-6 for number, at in told.items())
    assert not house.ringer.pending(Kind.TIMER)
