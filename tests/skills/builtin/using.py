"""Using tools without anybody who decides whether they may be used."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from edgevoice.dialog.calls import Outcome
from edgevoice.errors import OutputError
from edgevoice.skills.tool import Tool


class Bench:
    """Tools by their names; arguments are checked as in a conversation."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self.tools = {tool.name: tool for tool in tools}

    def __call__(self, name: str, /, *, key: str = "key", **arguments: Any) -> Outcome:
        tool = self.tools[name]
        checked = tool.arguments(**arguments)
        given = {field: getattr(checked, field) for field in type(checked).model_fields}

        async def use() -> Outcome:
            return await tool.run(given, key)

        return asyncio.run(use())

    def say(self, name: str, /, **arguments: Any) -> str:
        """What the tool answers."""
        return self(name, **arguments).say


class Kept:
    """A storage that keeps nothing longer than a test. `error` is raised by everything; if `full`,
    nothing can be saved."""

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}
        self.error: OutputError | None = None
        self.full = False

    def load(self, name: str) -> Any:
        if self.error:
            raise self.error
        return json.loads(json.dumps(self.documents.get(name)))

    def save(self, name: str, document: Any) -> None:
        if self.error or self.full:
            raise self.error or OutputError("the disk is full", "Make room.")
        self.documents[name] = json.loads(json.dumps(document))

    def remove(self, name: str) -> None:
        if self.error:
            raise self.error
        self.documents.pop(name, None)
