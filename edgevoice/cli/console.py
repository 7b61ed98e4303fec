"""Where the commands print, and what several of them share."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from edgevoice.config import Config, load_config

if TYPE_CHECKING:
    from edgevoice.doctor import Check

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        help="Settings file; without it ./config.yaml, then /etc/edgevoice/config.yaml.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer as JSON, for programs.")]


def settings(path: Path | None) -> Config:
    """The configuration, with logging set up as it says."""
    config = load_config(path)
    logging.getLogger().setLevel(config.log.level.upper())
    return config


def print_json(answer: Any, *, one_line: bool = False) -> None:
    """`answer` as JSON on standard output, at once: a program may be waiting for it."""
    text = json.dumps(answer, indent=None if one_line else 2, ensure_ascii=False)
    print(text, flush=True)  # noqa: T201


MARKS = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]"}


def print_check(check: "Check") -> None:
    """What was looked at, what was found, and the cure."""
    row = Table.grid(padding=(0, 1))
    row.add_column(width=1)
    row.add_column(width=16)
    row.add_row(MARKS[check.status], f"[bold]{escape(check.name)}[/]", escape(check.what))
    if check.cure:
        row.add_row("", "", f"[dim]→ {escape(check.cure)}[/]")
    console.print(row)


@contextmanager
def loading() -> Iterator[Any]:
    """A spinner on a terminal; gives the function that says what is being loaded."""
    with errors.status("Getting ready …") as status:
        yield lambda what: status.update(f"Getting ready: {what} …")
