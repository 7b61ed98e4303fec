"""`audit` and `transcripts`: what was kept, for those who may know."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from edgevoice.cli.console import ConfigOption, JsonOption, console, errors, print_json, settings
from edgevoice.config import Config
from edgevoice.errors import ConfigError
from edgevoice.privacy.audit import AuditLog, audit_folder
from edgevoice.privacy.chain import End, Happened

audit = typer.Typer(
    help="See what happened to the assistant, and that nobody changed the log of it.",
    no_args_is_help=True,
)
transcripts = typer.Typer(
    help="Read, hand out or remove sealed transcripts (off by default). All of it is audited.",
    no_args_is_help=True,
)


@audit.command()
def verify(
    anchor: Annotated[
        str | None,
        typer.Option(help="The last line as noted some other day, NUMBER:SHA256."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find any line that was edited, removed or moved. Tells the last line: note it elsewhere."""
    verdict = AuditLog(audit_folder()).verify(_anchor(anchor))
    end = f"{verdict.end.n}:{verdict.end.digest}" if verdict.end else None
    if as_json:
        print_json(
            {
                "whole": not verdict.problems,
                "lines": verdict.lines,
                "end": end,
                "problems": verdict.problems,
                "notes": verdict.notes,
            }
        )
    else:
        for problem in verdict.problems:
            console.print(f"[bold red]✘[/] {problem}")
        for note in verdict.notes:
            console.print(f"[yellow]·[/] {note}")
        if not verdict.problems:
            console.print(f"[green]✔[/] {verdict.lines} lines, none edited, removed or moved.")
        if end:
            console.print(f"Last line: {end}", soft_wrap=True)
    if verdict.problems:
        raise typer.Exit(1)


def _anchor(text: str | None) -> End | None:
    if text is None:
        return None
    number, _, digest = text.partition(":")
    if not (number.isdecimal() and len(digest) == 64):
        raise ConfigError(
            f"--anchor {text!r} is no line", "Give NUMBER:SHA256, as `audit verify` tells it."
        )
    return End(int(number), digest.lower())


@audit.command("show")
def show_audit(as_json: JsonOption = False) -> None:
    """Show the log, oldest line first."""
    for line in AuditLog(audit_folder()).lines():
        if as_json:
            tree = {"n": line.n, "at": line.at, "event": line.event, "details": dict(line.details)}
            print_json(tree, one_line=True)
        else:
            details = ", ".join(f"{key} {value}" for key, value in line.details.items())
            text = f"{line.n:>6}  {line.at}  {line.event:<20} {details}".rstrip()
            console.print(text, markup=False, soft_wrap=True)


@transcripts.command()
def keygen(
    file: Annotated[Path, typer.Argument(help="Where the new key goes.", show_default=False)],
) -> None:
    """Make a new key that only you may read. Who loses it loses the transcripts."""
    from edgevoice.privacy.keys import make_key

    make_key(file)
    console.print(f"Written: {file}", markup=False)


@transcripts.command()
def show(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show what was said. Needs the key."""
    broken = False
    for turn in _opened(settings(config), Happened.TRANSCRIPT_READ):
        if turn is None:
            broken = True
        elif as_json:
            print_json(turn, one_line=True)
        else:
            console.print(f"{turn['at']}  ● you    {turn['user']}", markup=False, soft_wrap=True)
            console.print(f"{turn['at']}  ◆ agent  {turn['agent']}", markup=False, soft_wrap=True)
    if broken:
        raise typer.Exit(1)


@transcripts.command()
def export(
    file: Annotated[
        Path, typer.Argument(help="A new file: one JSON object per turn.", show_default=False)
    ],
    config: ConfigOption = None,
) -> None:
    """Write what was said to a file that is not sealed and that only you may read."""
    from edgevoice.privacy.keys import write_private

    every = _opened(settings(config), Happened.TRANSCRIPT_EXPORTED)
    turns = [turn for turn in every if turn is not None]
    lines = [json.dumps(turn, ensure_ascii=False) + "\n" for turn in turns]
    write_private(file, "".join(lines).encode())
    console.print(f"Written: {file} ({len(turns)} turns)", markup=False)
    if len(turns) < len(every):
        raise typer.Exit(1)


@transcripts.command()
def purge(
    everything: Annotated[
        bool, typer.Option("--all", help="Remove every one, however young.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Remove the transcripts that are older than transcripts.retention_days."""
    from edgevoice.privacy.transcripts import Transcripts, transcripts_folder

    chosen = settings(config).transcripts
    days = 0 if everything else chosen.retention_days
    AuditLog(audit_folder()).add(Happened.TRANSCRIPT_PURGED, older_than_days=days)
    gone = Transcripts(transcripts_folder(chosen.folder)).purge(days)
    console.print(f"{gone} removed.")


def _opened(config: Config, event: Happened) -> list[dict[str, Any] | None]:
    """The turns that can be read, after a line in the audit log; None stands for a broken seal."""
    from edgevoice.privacy.keys import load_key
    from edgevoice.privacy.transcripts import Transcripts, transcripts_folder

    chosen = config.transcripts
    kept = Transcripts(transcripts_folder(chosen.folder)).read(load_key(chosen.key_file))
    AuditLog(audit_folder()).add(event, turns=len(kept.turns), broken=len(kept.broken))
    for line in kept.torn + kept.broken:
        errors.print(f"edgevoice: {line}.", markup=False, soft_wrap=True)
    return [*kept.turns, *(None for _ in kept.broken)]
