"""Keeps other people's packages from logging what is sent, and where to: an address may be a key.

Some tell it at one level of the log or another, and an operator may set any.
"""

import logging

TALKATIVE = {
    **dict.fromkeys(("mcp", "client", "httpcore", "httpcore2"), logging.CRITICAL),
    **dict.fromkeys(("openai", "httpx", "httpx2"), logging.WARNING),
}
"""Loggers, and the lowest level at which each may speak."""


def hush() -> None:
    """Let them log nothing that was said. To be called before they are used."""
    for name, level in TALKATIVE.items():
        logging.getLogger(name).setLevel(level)
