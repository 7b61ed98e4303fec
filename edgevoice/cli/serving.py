"""`service`: edgevoice from the machine's start to its end, under systemd."""

import os
import subprocess
from collections.abc import Sequence
from typing import Annotated

import typer

from edgevoice.cli.console import console
from edgevoice.errors import BadInputError
from edgevoice.service.deeds import carry_out, check_rights, look, read_sources
from edgevoice.service.plan import UNIT, Network, Step
from edgevoice.service.plan import install as plan_install
from edgevoice.service.plan import uninstall as plan_uninstall

service = typer.Typer(help="Run it from the machine's start on, under systemd.")

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]


@service.command()
def install(
    network: Annotated[
        Network, typer.Option("--network", help="How far it may reach.")
    ] = Network.OFFLINE,
    dry_run: DryRun = False,
) -> None:
    """Install or upgrade the service, and start it. A config that is there already is kept."""
    _do(plan_install(look(), read_sources(network)), dry_run)


@service.command()
def uninstall(
    purge: Annotated[
        bool, typer.Option("--purge", help="Remove its config, its state and its user as well.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Stop and remove the service. Its config and its state are kept."""
    _do(plan_uninstall(look(), purge=purge), dry_run)


@service.command()
def status() -> None:
    """How the service is: what systemd says of it."""
    _ask("systemctl", "status", "--no-pager", UNIT)


@service.command()
def reload() -> None:
    """Let the service read its config again, and go on. A config that is no good is refused."""
    _ask("systemctl", "reload", UNIT)


@service.command()
def logs(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="And what comes next.")] = False,
) -> None:
    """What the service has told the journal. Nothing that was said to it is in there."""
    _ask("journalctl", "--no-pager", "--unit", UNIT, *(["--follow"] if follow else []))


def _do(steps: Sequence[Step], dry_run: bool) -> None:
    if not dry_run:
        check_rights(os.geteuid())
    for step in steps:
        console.print(f"{'would ' if dry_run else ''}{step}", markup=False, soft_wrap=True)
        if not dry_run:
            carry_out(step)


def _ask(*argv: str) -> None:
    try:
        answer = subprocess.run(argv, check=False)
    except FileNotFoundError:
        raise BadInputError(
            f"{argv[0]} is not on this machine, so there is no service",
            "Start `edgevoice run` by hand, or install the service where systemd runs the machine.",
        ) from None
    raise typer.Exit(answer.returncode)
