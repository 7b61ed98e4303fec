"""`control`: the keys of an assistant that is running."""

from pathlib import Path
from typing import Annotated

import typer

from edgevoice.cli.console import ConfigOption, console, settings
from edgevoice.control import RELOAD, WORDS, check_word, send, socket_path
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
    """Press the keys of the assistant that is running: talk, mute, sleep. Tells its state.

    `reload` lets it read its config again, and tells what came of it.
    """
    check_word(word)
    path = socket or socket_path(_setting(word, config))
    if path is None:
        raise ConfigError(
            "there is no control socket here",
            "Set attention.control_socket to a path, or name one with --socket.",
        )
    console.print(send(path, word), markup=False)


def _setting(word: str, config: Path | None) -> str:
    """Where config.yaml puts the socket."""
    try:
        return settings(config).attention.control_socket
    except ConfigError:
        if word != RELOAD:
            raise
        return "auto"  # it is for the one that runs to say what is wrong with the config
