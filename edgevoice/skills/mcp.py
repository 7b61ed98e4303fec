"""Tools of other programs, through the Model Context Protocol (https://modelcontextprotocol.io).

    agent's loop                     a thread of its own, with its loop
    tool.run ───────────call───────▶ Link ◀──── standard streams, HTTP ────▶ server
             ◀────────outcome───────

Nothing that a server says is believed: which of its tools are used, and how carefully, is in the
settings; what they answer is data, and marked as not ours. What a tool is (description, schema) is
taken over once, when the server first answers: a server cannot change its mind behind the
operator's back.

The start waits a moment for the servers. The tools of one that is dead or slow join the others
when it answers; those of one that dies later stay, and say that it cannot be reached.
"""

import asyncio
import importlib.util
import json
import logging
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from edgevoice.config import Config, McpConfig
from edgevoice.dialog.calls import MOST_LETTERS, Outcome, ToolSpec
from edgevoice.discretion import hush
from edgevoice.errors import ConfigError, one_line, printable
from edgevoice.skills.mcp_link import AwayError, Link
from edgevoice.skills.schema import plain
from edgevoice.skills.tool import Effect, Tool, ToolFailedError

if TYPE_CHECKING:
    import mcp

PATIENCE_S = 5.0
"""For so long a conversation waits for servers to begin, at most."""
END_S = 15.0
"""For so long the end does: a program that does not go by itself is killed after some seconds."""
LONGEST_DESCRIPTION, LONGEST_SCHEMA = 300, 8_000
"""Letters: all of it stands in every prompt."""
LONGEST_LIST = 300

log = logging.getLogger(__name__)

Found = Callable[[Sequence[Tool]], None]
"""Is told of tools that have come; after the start, from the thread of the servers."""


def tool_name(server: str, tool: str) -> str:
    """What a `tool` of a `server` is called among all the tools."""
    return f"{server}_{re.sub(r'[^A-Za-z0-9_]', '_', tool)}"[:64]


class Servers:
    """Those that the settings name, for as long as this is entered.

    Raises `ConfigError` where they cannot be: two of their tools would be called alike, the SDK is
    not installed, or HTTP would break the promise of `privacy.network`.
    """

    def __init__(self, config: Config, found: Found, patience_s: float = PATIENCE_S) -> None:
        """`patience_s`: seconds for which the start waits for them at most."""
        self._configs = config.tools.mcp
        self._without = frozenset(config.tools.without)
        self._give = found
        self._patience_s = patience_s
        self._given: set[str] = set()
        self._told: set[str] = set()
        self._early: dict[str, list[Tool]] | None = {}  # None: the start is over
        self._giving = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="mcp", daemon=True)
        self._tried = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end = asyncio.Event()
        _check(config)

    @property
    def names(self) -> list[str]:
        """What their tools are, or will be, called."""
        names = [tool_name(each.name, tool) for each in self._configs for tool in each.allow]
        return [name for name in names if name not in self._without]

    def __enter__(self) -> Self:
        if self._configs:
            hush()
            self._thread.start()
            self._tried.wait(self._patience_s)
            with self._giving:
                early, self._early = self._early or {}, None
                # Not by who was first: what stands in a prompt is the same at every start.
                self._give([tool for each in self._configs for tool in early.get(each.name, ())])
        return self

    def __exit__(self, *exception: object) -> None:
        if self._loop is None:
            return
        with suppress(RuntimeError):  # it has ended by itself
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(END_S)

    def _work(self) -> None:
        asyncio.run(self._keep())

    async def _keep(self) -> None:
        self._loop = asyncio.get_running_loop()
        links = [Link(config, self._found) for config in self._configs]
        keeping = [asyncio.create_task(link.keep()) for link in links]
        tried = asyncio.create_task(self._all_tried(links))
        await self._end.wait()
        for task in (*keeping, tried):
            task.cancel()
        await asyncio.gather(*keeping, tried, return_exceptions=True)

    async def _all_tried(self, links: Sequence[Link]) -> None:
        for link in links:
            await link.tried.wait()
        self._tried.set()

    def _found(self, link: Link, offered: Sequence["mcp.Tool"]) -> None:
        """Take those of the tools that are allowed, and not there yet."""
        server = link.config
        by_name = {tool.name: tool for tool in offered}
        if server.name not in self._told:
            self._told.add(server.name)
            _tell_apart(server, by_name)
        tools = []
        for name in server.allow:
            ours = tool_name(server.name, name)
            if name not in by_name or ours in self._given or ours in self._without:
                continue
            self._given.add(ours)
            try:
                tools.append(self._tool(link, by_name[name]))
            except (ValueError, RecursionError) as error:
                log.warning("the tool %s cannot be used: %s", ours, error)
        with self._giving:
            if self._early is None:
                self._give(tools)
            else:
                self._early.setdefault(server.name, []).extend(tools)

    def _tool(self, link: Link, offered: "mcp.Tool") -> Tool:
        server = link.config
        ours = tool_name(server.name, offered.name)
        schema = plain(offered.input_schema)
        if not schema.keys() & {"allOf", "anyOf", "oneOf"}:
            schema.setdefault("additionalProperties", False)  # a model that makes one up is told so
        if len(json.dumps(schema)) > LONGEST_SCHEMA:
            raise ValueError("its schema is too long")
        described = printable(one_line(offered.description or offered.title or ""))
        spec = ToolSpec(ours, described[:LONGEST_DESCRIPTION] or ours.replace("_", " "), schema)

        async def run(arguments: Mapping[str, Any], _key: str) -> Outcome:
            return await self._call(link, offered.name, arguments)

        return Tool(
            spec,
            _arguments(ours, schema),
            run,
            Effect(server.effects.get(offered.name, "dangerous")),
            server.timeout_s,
            question=f"Shall I really use {_spoken(offered.name)} of {server.name}?",
            trusted=False,
            source=f"MCP server {server.name}",
        )

    async def _call(self, link: Link, tool: str, arguments: Mapping[str, Any]) -> Outcome:
        import mcp

        away = ToolFailedError(f"Sorry, I cannot reach {link.config.name} just now.")
        calling = link.call(tool, arguments)
        try:
            if self._loop is None:
                raise RuntimeError
            future = asyncio.run_coroutine_threadsafe(calling, self._loop)
        except RuntimeError:  # it is over
            calling.close()
            raise away from None
        try:
            return outcome(await asyncio.wrap_future(future))
        except AwayError:
            raise away from None
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task and task.cancelling():
                raise
            raise away from None  # the servers were ended, and we were not
        except mcp.MCPError as error:  # the server does not take it
            return Outcome(False, error.message[:MOST_LETTERS], trusted=False)


def outcome(result: "mcp.types.CallToolResult") -> Outcome:
    """What a server has answered: its text, else its data. Pictures and sounds are not for us."""
    texts = [block.text for block in result.content if block.type == "text"]
    text = "\n".join(texts)[:MOST_LETTERS]
    data = text or result.structured_content
    if result.is_error:
        return Outcome(False, data or "failed", trusted=False)
    return Outcome(True, "done" if data is None else data, trusted=False)


def _check(config: Config) -> None:
    servers = config.tools.mcp
    if config.privacy.network == "offline":
        for server in servers:
            if server.url:
                raise ConfigError(
                    f"tools.mcp: {server.name} has a url, but privacy.network is offline",
                    "Run the server here with `command`, or open the network.",
                )
    seen: dict[str, str] = {}
    for name, source in (
        (tool_name(server.name, tool), f"{server.name}: {tool}")
        for server in servers
        for tool in server.allow
    ):
        if name in seen:
            raise ConfigError(
                f"tools.mcp: {seen[name]} and {source} would both be called {name}",
                "Allow one of them.",
            )
        seen[name] = source
    if servers and importlib.util.find_spec("mcp") is None:
        raise ConfigError(
            "tools.mcp names servers, but the Model Context Protocol is not installed",
            "Run: pip install 'edgevoice[mcp]'.",
        )


def _arguments(name: str, schema: Mapping[str, Any]) -> type[BaseModel]:
    """Arguments that `schema` describes. Raises `ValueError` where it is none."""
    from jsonschema import SchemaError
    from jsonschema.validators import validator_for

    kind = validator_for(schema)
    try:
        kind.check_schema(schema)
    except SchemaError:
        raise ValueError("its schema is none") from None
    judge = kind(schema)

    class Arguments(BaseModel):
        model_config = ConfigDict(extra="allow")

        @model_validator(mode="before")
        @classmethod
        def _fit(cls, given: Any) -> Any:
            for error in judge.iter_errors(given):
                place = ".".join(str(part) for part in error.absolute_path)
                words = f"{place}: {error.message}" if place else error.message
                raise ValueError(words)
            return given

    Arguments.__name__ = name
    return Arguments


def _spoken(name: str) -> str:
    """A tool's name, as words: turnLightOn, turn_light_on → turn light on."""
    return re.sub(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])", " ", name).strip().lower()


def _tell_apart(server: McpConfig, offered: Iterable[str]) -> None:
    """What an operator has to know of a server whose tools are not those that are allowed."""
    has = f"it has: {_listed(offered)}"
    if missing := [name for name in server.allow if name not in offered]:
        log.warning("the MCP server %s has no tool %s; %s", server.name, _listed(missing), has)
    elif not server.allow:
        log.warning("no tool of the MCP server %s is allowed; %s", server.name, has)


def _listed(names: Iterable[str]) -> str:
    """The names, which are not all ours, in a line."""
    line = printable(one_line(", ".join(names)))
    return line if len(line) <= LONGEST_LIST else f"{line[: LONGEST_LIST - 1]}…"
