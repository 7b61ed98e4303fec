"""`tools`: what the assistant can do besides talking, and trying it without a word."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.markup import escape
from rich.table import Table

from edgevoice.cli.console import ConfigOption, JsonOption, console, errors, print_json, settings
from edgevoice.config import Config
from edgevoice.dialog.calls import Outcome, ToolCall
from edgevoice.errors import ConfigError, printable
from edgevoice.skills.tool import BUILT_IN, Effect, Tool
from edgevoice.skills.toolbox import Toolbox

tools = typer.Typer(
    help="See what the assistant can do besides talking, and try it.", no_args_is_help=True
)

PATIENCE_S = 30.0
"""For so long a server may take to start, when somebody wants to see what it has."""

EFFECTS = {
    Effect.NONE: "only looks",
    Effect.ACTS: "acts",
    Effect.DANGEROUS: "asks first",
}


@tools.command("list")
def list_tools(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the tools, whether they change anything, and where they are from."""
    from edgevoice.skills.looking import look_at_tools

    found = look_at_tools(settings(config), PATIENCE_S)
    if as_json:
        print_json([_told(tool) for tool in found])
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("Name", "What it does", "Effect", "From"):
        table.add_column(heading, style="bold" if heading == "Name" else None)
    for tool in found:
        words = (tool.name, tool.spec.description, EFFECTS[tool.effect], tool.source)
        table.add_row(*map(escape, words), style="" if tool.source == BUILT_IN else "cyan")
    console.print(table)


@tools.command("try")
def try_tool(
    name: Annotated[str, typer.Argument(help="The tool's name.", show_default=False)],
    arguments: Annotated[
        str, typer.Argument(help="Its arguments, as JSON: '{\"seconds\": 5}'.")
    ] = "{}",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Use a tool, as the assistant would, and see what comes of it. Exit code 1: it failed."""
    from edgevoice.skills.runner import run

    with _toolbox(settings(config)) as toolbox:
        tool, checked = _checked(toolbox, name, arguments)
        if tool.effect is Effect.DANGEROUS:
            question = printable(tool.question.format_map(checked))
            if not typer.confirm(question, default=False, err=as_json):
                (errors if as_json else console).print("Not done.")
                raise typer.Exit(1)
        outcome = asyncio.run(run(tool, checked, uuid4().hex))
    if as_json:
        print_json(_answered(outcome))
    else:
        answer = outcome.say if outcome.say or outcome.data is None else outcome.text
        console.print(printable(answer), markup=False, soft_wrap=True)
    if not outcome.ok:
        raise typer.Exit(1)


@contextmanager
def _toolbox(config: Config) -> Iterator[Toolbox]:
    """All of them, with what they work on. Raises `ConfigError`."""
    from edgevoice.skills.builtin.handover import check_handover
    from edgevoice.skills.builtin.together import House, built_in_tools
    from edgevoice.skills.facts import open_memory
    from edgevoice.skills.knowledge.knowledge import open_knowledge
    from edgevoice.skills.loading import open_toolbox
    from edgevoice.skills.storage import open_storage

    check_handover(config.handover, config.privacy.network)
    storage = open_storage(config.storage)
    house = House(
        handover=config.handover,
        storage=storage,
        memory=open_memory(config.memory, storage),
        knowledge=open_knowledge(config.knowledge),
    )
    with open_toolbox(config, built_in_tools(house), PATIENCE_S) as toolbox:
        yield toolbox


def _checked(toolbox: Toolbox, name: str, arguments: str) -> tuple[Tool, dict[str, Any]]:
    """The tool, and the arguments that it is given. Raises `ConfigError`."""
    from edgevoice.skills.builtin.together import conversational

    tool = toolbox.get(name)
    if tool is None:
        known = ", ".join(each.name for each in toolbox.tools) or "none"
        raise ConfigError(f"there is no tool called {name}", f"There are: {known}.")
    if tool.source == BUILT_IN and name in conversational():
        raise ConfigError(
            f"{name} makes sense in a conversation alone, and this is none",
            "Ask for it in `edgevoice chat`, or aloud in `edgevoice run`.",
        )
    try:
        given = json.loads(arguments)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise ConfigError(
            f"{arguments!r} is no JSON object", "Write arguments like this: '{\"seconds\": 5}'."
        )
    checked = toolbox.check(ToolCall(name, given))
    if isinstance(checked, str):
        schema = json.dumps(dict(tool.spec.parameters), ensure_ascii=False)
        raise ConfigError(f"{name} cannot be used so ({checked})", f"It takes: {schema}.")
    return tool, checked


def _told(tool: Tool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.spec.description,
        "effect": tool.effect.value,
        "source": tool.source,
        "parameters": dict(tool.spec.parameters),
    }


def _answered(outcome: Outcome) -> dict[str, Any]:
    return {
        "ok": outcome.ok,
        "say": outcome.say,
        "data": outcome.data,
        "trusted": outcome.trusted,
    }
