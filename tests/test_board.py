"""Heat and power, on boards made of files."""

import asyncio
import logging
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.board import (
    CALM_S,
    EASING_C,
    LIMIT_C,
    SHARE,
    WARM_C,
    Gauge,
    Pressure,
    Reading,
    pressure_of,
    read_board,
    watching,
)

THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"
THERMAL = "sys/class/thermal"


@pytest.fixture
def board(tmp_path: Path) -> Callable[..., Path]:
    """Makes a board of files: their paths, and what is in them."""

    def make(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return make


def never() -> str:
    raise AssertionError("asked the firmware")


def test_a_machine_that_tells_nothing(tmp_path: Path) -> None:
    assert read_board(tmp_path, never) is None


def test_a_pi_that_is_well(board: Callable[..., Path]) -> None:
    root = board(
        {
            f"{THERMAL}/thermal_zone0/type": "cpu-thermal\n",
            f"{THERMAL}/thermal_zone0/temp": "54321\n",
            f"{THERMAL}/thermal_zone0/trip_point_0_type": "critical\n",
            f"{THERMAL}/thermal_zone0/trip_point_0_temp": "110000\n",
            THROTTLED: "0\n",
        }
    )
    reading = read_board(root, never)
    assert reading == Reading(54.321)
    assert str(reading) == "54 °C, slows down at 80 °C"


def test_the_zone_that_is_nearest_to_its_own_limit_counts(board: Callable[..., Path]) -> None:
    root = board(
        {
            f"{THERMAL}/thermal_zone0/temp": "75000\n",
            f"{THERMAL}/thermal_zone0/trip_point_0_type": "passive\n",
            f"{THERMAL}/thermal_zone0/trip_point_0_temp": "99000\n",
            f"{THERMAL}/thermal_zone0/trip_point_1_type": "passive\n",
            f"{THERMAL}/thermal_zone0/trip_point_1_temp": "-274000\n",
            f"{THERMAL}/thermal_zone1/temp": "65000\n",
            f"{THERMAL}/thermal_zone2/temp": "-256000\n",  # off
            f"{THERMAL}/thermal_zone3/temp": "",
        }
    )
    assert read_board(root, never) == Reading(65.0, LIMIT_C)
    (root / f"{THERMAL}/thermal_zone1/temp").write_text("55000\n")
    assert read_board(root, never) == Reading(75.0, 99.0)


@pytest.mark.parametrize(
    ("bits", "reading"),
    [
        ("0", Reading()),
        ("1", Reading(low_voltage=True)),
        ("2", Reading(slowed=True)),
        ("4", Reading(slowed=True)),
        ("8", Reading(slowed=True)),
        ("50005", Reading(None, LIMIT_C, True, True, True, True)),
        ("0x50000", Reading(slowed_before=True, low_voltage_before=True)),
        ("e0000", Reading(slowed_before=True)),
    ],
)
def test_the_bits_of_the_firmware(board: Callable[..., Path], bits: str, reading: Reading) -> None:
    assert read_board(board({THROTTLED: f"{bits}\n"}), never) == reading


def test_the_firmware_is_asked_where_it_has_no_file(board: Callable[..., Path]) -> None:
    root = board({"dev/vcio": ""})
    assert read_board(root, lambda: "throttled=0x1\n") == Reading(low_voltage=True)
    assert read_board(root, lambda: "error=1 error_msg='no'\n") is None

    def missing() -> str:
        raise FileNotFoundError

    def hung() -> str:
        raise subprocess.TimeoutExpired("vcgencmd", 2)

    assert read_board(root, missing) is read_board(root, hung) is None


def test_the_kernel_slows_down_and_watches_the_voltage(board: Callable[..., Path]) -> None:
    root = board(
        {
            f"{THERMAL}/cooling_device0/type": "pwm-fan\n",
            f"{THERMAL}/cooling_device0/cur_state": "3\n",
            f"{THERMAL}/cooling_device1/type": "thermal-cpufreq-0\n",
            f"{THERMAL}/cooling_device1/cur_state": "0\n",
            "sys/class/hwmon/hwmon1/name": "rpi_volt\n",
            "sys/class/hwmon/hwmon1/in0_lcrit_alarm": "0\n",
        }
    )
    assert read_board(root, never) == Reading()
    (root / f"{THERMAL}/cooling_device1/cur_state").write_text("2\n")
    (root / "sys/class/hwmon/hwmon1/in0_lcrit_alarm").write_text("1\n")
    assert read_board(root, never) == Reading(slowed=True, low_voltage=True)


@given(st.lists(st.binary(max_size=20), min_size=5, max_size=5))
def test_nonsense_is_no_reading_and_no_accident(
    tmp_path_factory: pytest.TempPathFactory, contents: list[bytes]
) -> None:
    root = tmp_path_factory.mktemp("board")
    zone = f"{THERMAL}/thermal_zone0"
    names = ["temp", "trip_point_0_type", "trip_point_0_temp"]
    paths = [root / zone / name for name in names] + [root / THROTTLED, root / "dev/vcio"]
    for path, content in zip(paths, contents, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    reading = read_board(root, lambda: contents[4].decode(errors="replace"))
    assert reading is None or str(reading) is not None


READINGS = st.builds(
    Reading,
    st.none() | st.floats(20, 110),
    st.sampled_from([LIMIT_C, 99.0]),
    st.booleans(),
    st.booleans(),
)
STEPS = st.lists(st.tuples(st.sampled_from([1.0, 10.0, 30.0, 100.0]), READINGS), max_size=40)


@given(STEPS)
def test_pressure_rises_at_once_and_falls_by_single_steps_after_calm(
    steps: list[tuple[float, Reading]],
) -> None:
    gauge, now, changed = Gauge(), 0.0, 0.0
    for passed, reading in steps:
        now += passed
        before = gauge.pressure
        after = gauge.update(reading, now)
        assert after >= pressure_of(reading)
        if after < before:
            assert after == before - 1
            assert now - changed >= CALM_S
        if after is not before:
            changed = now


@given(READINGS, READINGS)
def test_in_the_end_it_is_what_the_board_tells(first: Reading, then: Reading) -> None:
    gauge = Gauge()
    gauge.update(first, 0)
    for look in range(1, 20):
        gauge.update(then, look * CALM_S)
    assert pressure_of(then) <= gauge.pressure <= pressure_of(then, EASING_C)


@given(
    st.sampled_from([LIMIT_C, LIMIT_C - WARM_C]),
    st.lists(st.floats(-EASING_C * 0.49, EASING_C * 0.49), max_size=60),
)
def test_a_temperature_that_wavers_about_a_threshold_changes_the_pressure_once(
    threshold: float, offsets: list[float]
) -> None:
    gauge, seen = Gauge(), [Pressure.FINE]
    gauge.update(Reading(threshold - EASING_C), 0)
    for number, offset in enumerate(offsets):
        seen.append(gauge.update(Reading(threshold + offset), number * 2 * CALM_S))
    assert seen[1:] == sorted(seen[1:])


@given(st.floats(0, 120), st.floats(0, 30), st.floats(0, 10))
def test_hotter_is_never_less_pressing(degrees: float, more: float, easing: float) -> None:
    assert pressure_of(Reading(degrees + more)) >= pressure_of(Reading(degrees))
    assert pressure_of(Reading(degrees), easing) >= pressure_of(Reading(degrees))


def test_the_harder_it_presses_the_less_is_used() -> None:
    assert SHARE[Pressure.FINE] == 1 > SHARE[Pressure.WARM] > SHARE[Pressure.HOT] > 0


def test_changes_are_reported_once_and_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    looks = iter(
        [
            (0, Reading(50)),
            (10, Reading(81)),
            (20, Reading(82)),
            (30, Reading(50)),
            (95, Reading(50)),
            (160, Reading(50)),
        ]
    )
    said: list[tuple[Pressure, str]] = []

    async def scene() -> None:
        now = 0.0
        done = asyncio.Event()
        loop = asyncio.get_running_loop()

        def read() -> Reading | None:
            nonlocal now
            try:
                now, reading = next(looks)
            except StopIteration:
                loop.call_soon_threadsafe(done.set)
                return None
            return reading

        async with watching(lambda *news: said.append(news), read, lambda: now, every_s=0):
            await asyncio.wait_for(done.wait(), 10)

    with caplog.at_level(logging.INFO, "edgevoice.board"):
        asyncio.run(scene())
    assert said == [
        (Pressure.HOT, "hot: 81 °C, slows down at 80 °C"),
        (Pressure.WARM, "warm: 50 °C, slows down at 80 °C"),
        (Pressure.FINE, ""),
    ]
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO", "INFO"]
    assert caplog.messages[-1] == "the board is fine: 50 °C, slows down at 80 °C"


def test_it_stops_with_the_conversation() -> None:
    async def scene() -> int:
        async with watching(lambda *_: None, lambda: Reading(50), every_s=1000):
            await asyncio.sleep(0)
        return len(asyncio.all_tasks())

    assert asyncio.run(scene()) == 1
