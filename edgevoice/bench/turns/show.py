"""What was measured of taking turns, in plain words, for a terminal."""

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from edgevoice.bench.turns.curves import CHOSEN, Endpointing, Point
from edgevoice.bench.turns.run import Turns
from edgevoice.bench.turns.stopping import interruptions_report


def report(turns: Turns) -> RenderableType:
    """When it answers, and what was to be reached."""
    parts: list[RenderableType] = []
    if turns.notice:
        parts.append(Text(turns.notice, "yellow"))
    return Group(*parts, _endpoints(turns.endpointing), interruptions_report(turns.interruptions))


def _endpoints(measured: Endpointing) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("when has a person finished?", min_width=34)
    for name in ("cut off", "wait: median", "mean", "95%"):
        table.add_column(name, justify="right", no_wrap=True)
    kinds = (
        ("people, without a pause of their own", measured.people),
        ("people, all of them", measured.everybody),
        ("people, with a pause of 0.6–1.5 s", measured.thinking),
        ("known requests, with such a pause", measured.requests),
    )
    for name, curves in kinds:
        if curves:
            table.add_row(Text(f"{name} ({len(curves.chosen.heard)})", "bold"))
            for point in (curves.reference, *curves.presets):
                table.add_row(*_row(point))
            table.add_section()
    return table


def _row(point: Point) -> tuple[Text, ...]:
    name, delay = point.setting.endpointing, point.setting.delay_ms
    style = "bold cyan" if name == CHOSEN else ""
    cells = [f"  {name}" + (f" {delay} ms" if delay else "")]
    cells.append("" if point.cut_offs is None else f"{point.cut_offs:.1f}%")
    delays, mean = point.delays, point.mean_ms
    if delays is not None:
        times = (delays["p50"], mean, delays["p95"])
        cells += ["never" if ms is None else f"{ms:.0f} ms" for ms in times]
    return tuple(Text(cell, style) for cell in cells)
