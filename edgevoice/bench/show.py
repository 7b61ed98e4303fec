"""The results of a benchmark in plain words, for a terminal."""

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from edgevoice.bench.figures import COUNTS, MOMENTS, ORCHESTRATION, answered, spreads
from edgevoice.bench.hold import Measured
from edgevoice.bench.result import Goal, Spread
from edgevoice.bench.soak import Soaked


def report(measured: Measured, serial: Measured | None = None) -> RenderableType:
    """How soon, how much work, at what cost."""
    parts: list[RenderableType] = [Text(_head(measured), "bold"), _moments(measured, serial)]
    return Group(*parts, _work(measured), _costs(measured))


def goals_table(goals: Sequence[Goal]) -> RenderableType:
    """Every goal with what was reached."""
    table = _table("goal", "wanted", "reached", "")
    for goal in goals:
        if goal.value is None:
            table.add_row(Text(goal.name), goal.goal, Text("not measured", "dim"), "")
        else:
            mark = Text("✓", "green") if goal.ok else Text("✗", "red")
            table.add_row(Text(goal.name), goal.goal, f"{goal.value:.3g}", mark)
    return table


def soaked_text(soaked: Soaked) -> str:
    """What many conversations did to memory."""
    if soaked.warm_mb is None:
        return f"Memory: only {soaked.held} conversations could be held in the time for it."
    text = f"Memory: {soaked.warm_mb:.1f} MB after the first conversations, "
    text += f"{soaked.final_mb:.1f} MB after {soaked.held}"
    return text + ("." if soaked.growth else f" (of {soaked.wanted}: the time for it was over).")


def _head(measured: Measured) -> str:
    count = len(answered(measured.turns))
    asked_again = sum(not turn.understood for turn in measured.turns)
    text = f"{count} of {len(measured.turns)} turns were answered"
    return text + (f", {asked_again} were not understood" if asked_again else "")


def _moments(measured: Measured, serial: Measured | None) -> Table:
    columns = ("milliseconds after the person’s last sound", "median", "95%")
    table = _table(*columns, *(("one after the other", "95%") if serial else ()))
    found, others = spreads(measured), spreads(serial) if serial else {}
    names = {key: name for key, (name, _) in MOMENTS.items()}
    names[ORCHESTRATION] = "time that nothing worked and nothing was waited for"
    for key, name in names.items():
        style = "bold cyan" if key == "response_ms" else ""
        cells = [*_pair(found[key], 1 if key == ORCHESTRATION else 0)]
        if serial:
            cells += _pair(others[key], 1 if key == ORCHESTRATION else 0)
        table.add_row(name, *cells, style=style)
    return table


def _work(measured: Measured) -> Table:
    table = _table("work in a turn", "median", "95%")
    found = spreads(measured)
    for key, (name, _) in COUNTS.items():
        table.add_row(name, *_pair(found[key], 0))
    return table


def _costs(measured: Measured) -> Table:
    table = _table("processor", "seconds a minute", "of one core")
    for phase, cost in measured.costs.items():
        if cost.per_minute is not None and cost.percent_of_a_core is not None:
            percent = f"{cost.percent_of_a_core:.1f}%"
            table.add_row(phase.value, f"{cost.per_minute:.1f}", percent)
    table.add_section()
    table.add_row("most memory", f"{measured.peak_rss_mb:.0f} MB", "")
    table.add_row("memory at the end", f"{measured.final_rss_mb:.0f} MB", "")
    return table


def _pair(values: Spread | None, digits: int) -> tuple[str, str]:
    return (f"{values.p50:.{digits}f}", f"{values.p95:.{digits}f}") if values else ("", "")


def _table(first: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column(first, min_width=30)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table
