"""Puts the tools together that the settings name."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from edgevoice.config import Config
from edgevoice.errors import ConfigError
from edgevoice.skills.folder import load_folder
from edgevoice.skills.mcp import PATIENCE_S, Servers
from edgevoice.skills.tool import Tool
from edgevoice.skills.toolbox import Toolbox

log = logging.getLogger(__name__)


def load_tools(config: Config, own: Iterable[Tool] = ()) -> list[Tool]:
    """Our `own` tools and the user's, but for those that are not wanted. Raises `ConfigError`."""
    tools = [*own, *(load_folder(config.tools.folder) if config.tools.folder else ())]
    return [tool for tool in tools if tool.name not in config.tools.without]


@contextmanager
def open_toolbox(
    config: Config, own: Iterable[Tool] = (), patience_s: float = PATIENCE_S
) -> Iterator[Toolbox]:
    """All the tools, those of servers included, which are reached until this is left.

    The tools of a server that has not answered after `patience_s` seconds join the others later.
    Raises `ConfigError`.
    """
    toolbox = Toolbox(load_tools(config, own))
    servers = Servers(config, toolbox.add, patience_s)
    for name in servers.names:
        if there := toolbox.get(name):
            raise ConfigError(
                f"tools.mcp: {name} is what a tool of a server would be called, and there is one "
                f"already ({there.source})",
                "Give the server another name.",
            )
    with servers:
        yield toolbox
