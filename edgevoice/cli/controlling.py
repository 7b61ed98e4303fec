"""`control`: the keys of an assistant that is running."""

from pathlib import Path
from typing import Annotated

import typer

from edgevoice.cli.console import ConfigOption, console, settings
from edgevoice.control import WORDS, check_word, send, socket_path
from edgevoice.errors import ConfigError


def control(
    word: Annotated[
        str,
        typer.Argument(help=f"One of: {', '.join(WORDS)}.", metavar="WORD", show_default=False),
    ],
    socket: Annotated[
        Path | None,
        typer.Option("--socket", "-s", help="Its socket; without it, where config.yaml puts that."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Press the keys of the assistant that is running: talk, mute, sleep. Tells its state."""
    check_word(word)
    path = socket or socket_path(settings(config).attention.control_socket)
    if path is None:
        raise ConfigError(
            "there is no control socket here",
            "Set attention.control_socket to a path, or name one with --socket.",
        )
    console.print(send(path, word), markup=False)
