from rich.console import Console, RenderableType

from edgevoice.bench.hold import Measured
from edgevoice.bench.result import Goal
from edgevoice.bench.show import goals_table, report, soaked_text
from edgevoice.bench.soak import Soaked
from edgevoice.bench.usage import Cost, Phase
from tests.bench.test_picture import DRAFTED, SERIAL


def shown(what: RenderableType) -> str:
    console = Console(width=120)
    with console.capture() as capture:
        console.print(what)
    return capture.get()


def line(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if name in line)


def test_the_report_tells_how_soon_and_at_what_cost() -> None:
    measured = Measured([DRAFTED], [0.4], {Phase.SILENCE: Cost(60, 0.6)}, 120.4, 110.2)
    text = shown(report(measured))
    assert "1 of 1 turns were answered" in text
    assert line(text, "first sound heard").split()[-2:] == ["510", "510"]
    assert line(text, "silence").split() == ["silence", "0.6", "1.0%"]
    assert "120 MB" in text and "110 MB" in text
    assert "one after the other" not in text


def test_the_report_compares_with_serial_mode() -> None:
    text = shown(report(Measured([DRAFTED]), Measured([SERIAL])))
    assert line(text, "first sound heard").split()[-4:] == ["510", "510", "820", "820"]


def test_nothing_measured_is_shown_too() -> None:
    assert "0 of 0 turns" in shown(report(Measured(), Measured()))


def test_goals_say_whether_they_were_reached() -> None:
    goals = [Goal.at_most("a", 1, 0.5), Goal.at_most("b", 1, 2), Goal.at_most("c", 1, None)]
    text = shown(goals_table(goals))
    assert "✓" in line(text, "a ") and "✗" in line(text, "b ")
    assert "not measured" in line(text, "c ")


def test_the_soak_says_how_far_it_came() -> None:
    assert "after 500." in soaked_text(Soaked(500, 500, 100.0, 101.0))
    assert "of 500: the time" in soaked_text(Soaked(120, 500, 100.0, 101.0))
    assert "only 20" in soaked_text(Soaked(20, 500, None, 101.0))
