"""`doctor --privacy`: shows the proof that nothing leaves, and what it means for a hospital."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from edgevoice.cli.console import MARKS, console, loading, print_check, print_json
from edgevoice.config import Config, find_config

if TYPE_CHECKING:
    from edgevoice.doctor import Check

LAW = "HIPAA, technical safeguards (45 CFR §164.312)"


def prove_privacy(config: Config, source: Path | None, as_json: bool) -> None:
    """Load what a conversation needs, try to get out, and show what came of it.

    Ends with code 1 when something is not as private as it should be.
    """
    from edgevoice.app import load_engines
    from edgevoice.privacy.memory import forbid_dumps
    from edgevoice.privacy.proof import prove

    with loading() as progress:
        engines = load_engines(config, progress)
        forbid_dumps()
        progress("trying to get out")
        checks = []
        for check in prove(config, source or find_config()):
            checks.append(check)
            if not as_json:
                print_check(check)
        del engines  # they were to be loaded while we looked
    by_name = {check.name: check for check in checks}
    if as_json:
        print_json({"checks": [asdict(check) for check in checks], "safeguards": _rows(by_name)})
    else:
        _print_safeguards(by_name)
    if any(check.status == "fail" for check in checks):
        raise typer.Exit(1)


def _rows(checks: "dict[str, Check]") -> list[dict[str, object]]:
    from edgevoice.privacy.safeguards import SAFEGUARDS, outcome

    return [{**asdict(row), "outcome": outcome(row, checks)} for row in SAFEGUARDS]


def _print_safeguards(checks: "dict[str, Check]") -> None:
    from edgevoice.privacy.safeguards import SAFEGUARDS, outcome

    table = Table(
        "", "Safeguard", "How it is met", "The operator's part", "Evidence",
        title=LAW, box=box.SIMPLE_HEAD, header_style="dim",
    )  # fmt: skip
    for row in SAFEGUARDS:
        found = outcome(row, checks)
        evidence = "\n".join(f"{MARKS[checks[name].status]} {name}" for name in row.evidence)
        table.add_row(
            "" if found == "operator" else MARKS[found],
            f"{row.rule}\n[bold]{escape(row.name)}[/]\n[dim]{row.demand}[/]",
            escape(row.met),
            escape(row.operator),
            evidence or "[dim]yours[/]",
        )
    console.print(table)
    console.print(
        "[dim]No program complies with a law by itself: this is what edgevoice does, what was "
        "found here just now, and what is left to you.[/]"
    )
