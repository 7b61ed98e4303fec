"""What was measured of interruptions, in plain words, for a terminal."""

from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text


def interruptions_report(figures: dict[str, Any]) -> RenderableType:
    """Tables of what `interruptions.measure` found."""
    return Group(_people(figures["people"]), _disturbances(figures))


def _people(measured: list[dict[str, Any]]) -> Table:
    columns = ("noticed", "early", "silent: median", "given up", "95%")
    table = _table("does a person interrupt it?", *columns)
    for part in measured:
        ratio = part["echo_to_voice_db"]
        name = "no echo" if ratio is None else f"echo {ratio:+.0f} dB against the voice"
        held, cancelled = part["held_ms"] or {}, part["cancelled_ms"] or {}
        table.add_row(
            f"  {name} ({part['people']})",
            _percent(part["detected_percent"]),
            str(part["early"]),
            _ms(held.get("p50")),
            _ms(cancelled.get("p50")),
            _ms(cancelled.get("p95")),
        )
    return table


def _disturbances(figures: dict[str, Any]) -> Table:
    table = _table("does anything else?", "held", "goes on: latest", "given up")
    echo = figures["echo"]
    table.add_row(
        f"  its own echo ({echo['minutes']:.0f} min)",
        str(echo["holds"]),
        "",
        str(echo["cancels"]),
    )
    for kind, part in figures["disturbances"]["kinds"].items():
        spoilt = part["spoilt"]
        table.add_row(
            f"  {kind} ({part['scenes']}" + (f", {spoilt} spoilt)" if spoilt else ")"),
            _percent(part["held_percent"]),
            _ms(part["goes_on_latest_ms"]),
            _percent(part["cancelled_percent"]),
        )
    return table


def _table(question: str, *columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column(Text(question), min_width=34)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _ms(value: float | None) -> str:
    return "" if value is None else f"{value:.0f} ms"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}%"
