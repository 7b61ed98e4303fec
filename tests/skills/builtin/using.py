"""Using tools without anybody who decides whether they may be used."""

import asyncio
from collections.abc import Sequence
from typing import Any

from edgevoice.dialog.calls import Outcome
from edgevoice.skills.tool import Tool


class Toolbox:
    """Tools by their names; arguments are checked as in a conversation."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self.tools = {tool.name: tool for tool in tools}

    def __call__(self, name: str, *, key: str = "key", **arguments: Any) -> Outcome:
        tool = self.tools[name]
        checked = tool.arguments(**arguments)
        given = {field: getattr(checked, field) for field in type(checked).model_fields}

        async def use() -> Outcome:
            return await tool.run(given, key)

        return asyncio.run(use())

    def say(self, name: str, **arguments: Any) -> str:
        """What the tool answers."""
        return self(name, **arguments).say
