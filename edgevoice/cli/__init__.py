"""The command line: `edgevoice --help`."""

import logging
import os
import sys

from edgevoice.cli.app import app
from edgevoice.cli.console import errors
from edgevoice.errors import EdgevoiceError


def main() -> None:
    """Run the command that was typed, and exit with its code.

    0: done. 1: something failed while working. 2: something we were given cannot be used.
    """
    # No library of ours may look for a model on the network.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(message)s"
    )
    try:
        app()
    except EdgevoiceError as error:
        errors.print(f"[bold red]edgevoice:[/] {error}", soft_wrap=True, highlight=False)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # Whoever read our output has left (`edgevoice devices | head -1`); not a failure.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
