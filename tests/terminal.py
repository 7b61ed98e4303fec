"""A terminal for a test, where the machine can make one."""

import os

import pytest


def a_terminal() -> tuple[int, int]:
    """Where a person types, and where a program reads it."""
    try:
        return os.openpty()
    except OSError as error:
        pytest.skip(f"no pseudo-terminal can be had here: {error}")
