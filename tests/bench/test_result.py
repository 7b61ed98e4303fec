import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from edgevoice.bench.result import Goal, Result, Spread, machine, processor_name, spread


def test_a_goal_is_reached_up_to_its_limit() -> None:
    assert Goal.at_most("wait", 10, 10.0, "ms") == Goal("wait", "≤ 10 ms", 10.0, True)
    assert not Goal.at_most("wait", 10, 10.1, "ms").ok
    assert Goal.at_least("share", 0.9, 0.95) == Goal("share", "≥ 0.9", 0.95, True)
    assert not Goal.at_least("share", 0.9, 0.85).ok


def test_what_was_not_measured_was_not_reached() -> None:
    assert Goal.at_most("wait", 10, None, "ms") == Goal("wait", "≤ 10 ms", None, False)
    assert not Goal.at_least("share", 0.9, None).ok


def test_the_spread_leaves_out_what_is_not_there() -> None:
    assert spread([5.0, None, 1.0, 3.0]) == Spread(3.0, 4.8, 3)
    assert spread([None]) is None
    assert spread([]) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_the_spread_lies_within_the_values(values: list[float]) -> None:
    found = spread(values)
    assert found is not None
    assert min(values) <= found.p50 <= found.p95 + 1e-6 <= max(values) + 2e-6


def test_the_machine_can_be_written_down() -> None:
    here = machine()
    assert here["cores"] >= 1 and here["memory_mb"] > 0
    assert here["cpu"] and here["os"] and "numpy" in here["packages"]
    json.dumps(here)


def test_a_processor_tells_its_name() -> None:
    assert processor_name("processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\n") == "Some CPU @ 2 GHz"
    assert processor_name("processor\t: 0\nBogoMIPS\t: 108.00\n") is None


def test_every_benchmark_writes_one_form(tmp_path: Path) -> None:
    goals = [Goal.at_most("wait", 10, 3.14159, "ms"), Goal.at_most("rss", 1.02, None)]
    Result({"cores": 2}, {"wait": {"p50": 1 / 3}, "turns": (1, 2)}, goals).write(
        tmp_path / "bench.json"
    )
    assert json.loads((tmp_path / "bench.json").read_text()) == {
        "machine": {"cores": 2},
        "figures": {"wait": {"p50": 0.333}, "turns": [1, 2]},
        "goals": [
            {"name": "wait", "goal": "≤ 10 ms", "value": 3.142, "ok": True},
            {"name": "rss", "goal": "≤ 1.02", "value": None, "ok": False},
        ],
    }
