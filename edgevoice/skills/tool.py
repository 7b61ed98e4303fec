"""A tool: a plain Python function with types and a docstring, and how carefully it is to be used.

    @tool
    def tide(place: str) -> str:
        \"""When the next high tide is.

        place: A harbour.
        \"""
        return f"High tide in {place} is at noon."

What it answers as a `str` is spoken as it is; other values (numbers, lists, dicts) go to the
language model, which puts them into words. It fails by raising: `ToolFailedError` with words for
the person, or anything else.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, overload

from pydantic import BaseModel, ConfigDict, Field, create_model

from edgevoice.dialog.calls import Outcome, ToolSpec

KEY = "idempotency_key"


class Effect(Enum):
    """What using a tool means for the world."""

    NONE = "none"
    """It only looks: it may be used for a reply that is thrown away."""
    ACTS = "acts"
    """It changes something: used only once it is certain what the person said."""
    DANGEROUS = "dangerous"
    """It asks first, and is used after a spoken yes."""


class ToolFailedError(Exception):
    """Its text is a sentence for the person: why it could not be done."""


Run = Callable[[Mapping[str, Any], str], Awaitable[Outcome]]
"""Carries out a call with checked arguments; the second argument is its idempotency key, the same
for every try of one call."""


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that can be used. `arguments` checks them. `timeout_s`: how long one try may take.
    `tries`: how often it is tried; more than once only where doing it twice is doing it once.
    `lasts`: whether it goes on when the person interrupts. `question`: what is asked before it is
    used, with the arguments in braces, if it is dangerous. `trusted`: whether what it answers is
    ours."""

    spec: ToolSpec
    arguments: type[BaseModel]
    run: Run
    effect: Effect = Effect.ACTS
    timeout_s: float = 10.0
    tries: int = 1
    lasts: bool = False
    question: str = ""
    trusted: bool = True

    @property
    def name(self) -> str:
        """What it is called."""
        return self.spec.name


@overload
def tool(function: Callable[..., Any], /) -> Tool: ...


@overload
def tool(
    *,
    effect: Effect = Effect.ACTS,
    timeout_s: float = 10.0,
    tries: int = 1,
    lasts: bool = False,
    question: str = "",
    name: str = "",
) -> Callable[[Callable[..., Any]], Tool]: ...


def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    effect: Effect = Effect.ACTS,
    timeout_s: float = 10.0,
    tries: int = 1,
    lasts: bool = False,
    question: str = "",
    name: str = "",
) -> Any:
    """Make a `Tool` of a function, plain or async.

    Its name, docstring and types are what the model is told. A plain function runs in a thread. A
    parameter called `idempotency_key` is not told to the model: it is given the call's key. Raises
    `TypeError` when a parameter has no type, or there is no docstring.
    """

    def make(function: Callable[..., Any]) -> Tool:
        said, helps = _described(function)
        arguments = _arguments(function, helps)
        schema = arguments.model_json_schema()
        for part in (schema, *schema.get("properties", {}).values()):
            part.pop("title", None)
        asked = question or f"Shall I really do this: {said.rstrip('.')}?"
        return Tool(
            ToolSpec(name or function.__name__, said, schema),
            arguments,
            _runner(function),
            effect,
            timeout_s,
            tries,
            lasts,
            asked if effect is Effect.DANGEROUS else "",
        )

    return make(function) if function else make


def _described(function: Callable[..., Any]) -> tuple[str, Mapping[str, str]]:
    """The docstring's first paragraph, and what it says of the parameters (`name: words`)."""
    doc = inspect.getdoc(function)
    if not doc:
        raise TypeError(f"the tool {function.__name__} has no docstring: it is its description")
    first, _, rest = doc.partition("\n\n")
    lines = [line.partition(":") for line in rest.splitlines()]
    return " ".join(first.split()), {key.strip(): words.strip() for key, _, words in lines}


def _arguments(function: Callable[..., Any], helps: Mapping[str, str]) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for name, parameter in inspect.signature(function, eval_str=True).parameters.items():
        if name == KEY:
            continue
        if parameter.annotation is inspect.Parameter.empty:
            raise TypeError(f"the tool {function.__name__} has no type for its parameter {name}")
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        fields[name] = (parameter.annotation, Field(default, description=helps.get(name)))
    config = ConfigDict(extra="forbid")
    return create_model(function.__name__, __config__=config, **fields)


def _runner(function: Callable[..., Any]) -> Run:
    wants_key = KEY in inspect.signature(function).parameters

    async def run(arguments: Mapping[str, Any], key: str) -> Outcome:
        given = {**arguments, KEY: key} if wants_key else arguments
        if inspect.iscoroutinefunction(function):
            answer = await function(**given)
        else:
            answer = await asyncio.to_thread(function, **given)
        if isinstance(answer, Outcome):
            return answer
        return Outcome(True, say=answer) if isinstance(answer, str) else Outcome(True, answer)

    return run
