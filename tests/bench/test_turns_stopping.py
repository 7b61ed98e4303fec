"""The tables of interruptions."""

from typing import Any

from rich.console import Console

from edgevoice.bench.turns.stopping import interruptions_report

FIGURES: dict[str, Any] = {
    "echo": {"minutes": 30.0, "holds": 3, "cancels": 0},
    "people": [
        {
            "echo_to_voice_db": -10.0,
            "people": 120,
            "early": 3,
            "detected_percent": 99.2,
            "held_ms": {"p50": 64.0, "p95": 130.0, "n": 119},
            "cancelled_ms": {"p50": 352.0, "p95": 480.0, "n": 119},
        },
        {
            "echo_to_voice_db": None,
            "people": 120,
            "early": 0,
            "detected_percent": 0.0,
            "held_ms": None,
            "cancelled_ms": None,
        },
    ],
    "disturbances": {
        "kinds": {
            "cough": {
                "scenes": 24,
                "spoilt": 2,
                "held_percent": 62.5,
                "goes_on_latest_ms": 580.0,
                "cancelled_percent": 0.0,
            }
        }
    },
}


def show(figures: dict[str, Any]) -> list[str]:
    console = Console(width=100)
    with console.capture() as shown:
        console.print(interruptions_report(figures))
    return [" ".join(line.split()) for line in shown.get().splitlines()]


def test_people_and_disturbances_have_a_line_each() -> None:
    lines = show(FIGURES)
    assert "echo -10 dB against the voice (120) 99.2% 3 64 ms 352 ms 480 ms" in lines
    assert "its own echo (30 min) 3 0" in lines
    assert "cough (24, 2 spoilt) 62.5% 580 ms 0.0%" in lines


def test_what_never_happened_is_left_empty() -> None:
    assert "no echo (120) 0.0% 0" in show(FIGURES)
