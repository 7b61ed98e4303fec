"""The command line: `edgevoice --help`."""

import io
import logging
import os
import sys

from rich.logging import RichHandler
from rich.markup import escape

from edgevoice.cli.app import app
from edgevoice.cli.bounded import Bounded
from edgevoice.cli.console import errors
from edgevoice.cli.forgiving import forgiving
from edgevoice.errors import EdgevoiceError
from edgevoice.shortage import shortage


def main() -> None:
    """Run the command that was typed, and exit with its code.

    0: done. 1: something failed while working. 2: something we were given cannot be used. 3: none
    of the profiles can be run on this machine.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal without UTF-8 gets "?" for "●", not an error.
            stream.reconfigure(errors="replace")
    sys.stderr = forgiving(sys.stderr)
    if errors.is_terminal:
        # Through the console, so that a log line does not smear one that is still growing.
        handlers = [RichHandler(console=errors, show_path=False)]
        logging.basicConfig(format="%(message)s", handlers=handlers)
    else:
        logging.basicConfig(format="%(levelname)s %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(Bounded())
    try:
        app()
    except (EdgevoiceError, MemoryError, ImportError) as error:
        told = shortage(error) or error
        if not isinstance(told, EdgevoiceError):
            raise
        errors.print(f"[bold red]edgevoice:[/] {escape(str(told))}", soft_wrap=True)
        sys.exit(told.exit_code)
    except BrokenPipeError:
        # Whoever read our output has left (`edgevoice devices | head -1`); not a failure.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
