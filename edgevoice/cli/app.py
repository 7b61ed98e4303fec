"""The commands, put together."""

from typing import Annotated

import typer

from edgevoice import __version__
from edgevoice.cli import (
    chatting,
    controlling,
    inspecting,
    keeping,
    knowing,
    measuring,
    serving,
    speaking,
    storing,
    talking,
    tooling,
)
from edgevoice.cli.console import console

app = typer.Typer(
    name="edgevoice",
    help="A voice assistant that listens, thinks and speaks on the machine in front of you. "
    "Nothing that is said leaves it.",
    epilog="Start with [bold]edgevoice demo[/], then [bold]edgevoice run[/].",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        console.print(f"edgevoice {__version__}")
        raise typer.Exit


@app.callback()
def _edgevoice(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which one.")
    ] = False,
) -> None:
    pass


TALK, TRY, CHECK = "Talk", "Try a part of it", "Look after it"
app.command(rich_help_panel=TALK)(talking.run)
app.command(rich_help_panel=TALK)(talking.demo)
app.command(rich_help_panel=TALK)(chatting.chat)
app.command(rich_help_panel=TALK)(controlling.control)
app.command(rich_help_panel=TRY)(speaking.transcribe)
app.command(rich_help_panel=TRY)(speaking.say)
app.add_typer(tooling.tools, name="tools", rich_help_panel=TRY)
app.command(rich_help_panel=CHECK)(inspecting.devices)
app.command(rich_help_panel=CHECK)(inspecting.doctor)
app.add_typer(storing.models, name="models", rich_help_panel=CHECK)
app.add_typer(knowing.knowledge, name="knowledge", rich_help_panel=CHECK)
app.add_typer(serving.service, name="service", rich_help_panel=CHECK)
app.add_typer(keeping.audit, name="audit", rich_help_panel=CHECK)
app.add_typer(keeping.transcripts, name="transcripts", rich_help_panel=CHECK)
app.add_typer(measuring.benchmarks, name="bench", rich_help_panel=CHECK)
