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

import inspect
import re
import string
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any, overload

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model
from pydantic.errors import PydanticUserError

from edgevoice.dialog.calls import Outcome, ToolSpec
from edgevoice.skills.schema import plain
from edgevoice.skills.threads import Room

KEY = "idempotency_key"


BUILT_IN = "built in"


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
    used where that wants a yes, with the arguments in braces (`{*}`: all of them). `trusted`:
    whether what it answers is ours. `source`: where it is from, for people."""

    spec: ToolSpec
    arguments: type[BaseModel]
    run: Run
    effect: Effect = Effect.ACTS
    timeout_s: float = 10.0
    tries: int = 1
    lasts: bool = False
    question: str = "Shall I really do that{*}?"
    trusted: bool = True
    source: str = BUILT_IN

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

    Its name, docstring and types are what the model is told: the docstring's first paragraph, and
    lines of it that begin with a parameter's name and a colon. A plain function runs in a thread
    (see `threads`), which nothing can stop, so it `lasts`. A parameter called `idempotency_key` is
    not told to the model: it is given the call's key. Raises `TypeError`, in one line, where a
    model could not be told of the function: without a docstring, or with a parameter that has no
    type, or one that JSON does not have.
    """

    def make(function: Callable[..., Any]) -> Tool:
        called = name or function.__name__
        if not NAME.fullmatch(called):
            raise TypeError(
                f"{called!r} is no name for a tool: use up to 64 letters, digits and underscores"
            )
        try:
            parameters = _parameters(function)
            said, helps = _described(function, parameters)
            arguments = _arguments(function, parameters, helps)
            schema = plain(arguments.model_json_schema())
            asked = _question(question, said, parameters)
        except PydanticUserError as error:
            raise TypeError(f"the tool {called}: {error.message.splitlines()[0]}") from None
        except (TypeError, ValueError, NameError) as error:
            raise TypeError(f"the tool {called}: {error}") from None
        return Tool(
            ToolSpec(called, said, schema),
            arguments,
            _runner(function),
            effect,
            timeout_s,
            tries,
            lasts or not inspect.iscoroutinefunction(function),
            asked,
        )

    return make(function) if function else make


NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
"""What a tool may be called: every language model that knows tools takes such names."""


def _parameters(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """What the model has to give, by name."""
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError("it yields, but a tool has one answer: return it")
    parameters = dict(inspect.signature(function, eval_str=True).parameters)
    parameters.pop(KEY, None)
    for name, parameter in parameters.items():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise TypeError(f"its parameter {name} has to be one that is given by name")
        if name.startswith(("_", "model_")) or hasattr(BaseModel, name):
            raise TypeError(f"its parameter cannot be called {name}: choose another name")
        if parameter.annotation is parameter.empty:
            raise TypeError(f"its parameter {name} has no type")
    return parameters


_HELP = re.compile(r"(\s*)(?::param )?(\w+) ?:(\s.*)?")


def _described(
    function: Callable[..., Any], parameters: Mapping[str, Any]
) -> tuple[str, Mapping[str, str]]:
    """The docstring's first paragraph, and what it says of the parameters (`name: words`; further
    words stand in the next lines, which are indented)."""
    first: list[str] = []
    helps: dict[str, list[str]] = {}
    in_first, current, depth = True, "", 0
    for line in (inspect.getdoc(function) or "").splitlines():
        found = _HELP.fullmatch(line)
        if found and found[2] in parameters:
            in_first, current, depth = False, found[2], len(found[1])
            helps[current] = [found[3] or ""]
        elif not line.strip():
            in_first, current = in_first and not first, ""
        elif current and len(line) - len(line.lstrip()) > depth:
            helps[current].append(line)
        else:
            current = ""
            first += [line] if in_first else []
    said = " ".join(" ".join(first).split())
    if not said:
        raise TypeError("it has no docstring, which would be its description")
    return said, {name: " ".join(" ".join(lines).split()) for name, lines in helps.items()}


def _arguments(
    function: Callable[..., Any],
    parameters: Mapping[str, inspect.Parameter],
    helps: Mapping[str, str],
) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for name, parameter in parameters.items():
        default = ... if parameter.default is parameter.empty else parameter.default
        # Words beside the type (`Field(description=…)`) stay, where the docstring has none.
        more: dict[str, Any] = {"description": helps[name]} if helps.get(name) else {}
        fields[name] = (parameter.annotation, Field(default, **more))
    config = ConfigDict(extra="forbid")
    return create_model(function.__name__, __config__=config, **fields)


ALL_OF_THEM = "*"
"""In a question, `{*}` stands for all arguments: nobody can agree to what they are not told."""


def _question(question: str, said: str, parameters: Mapping[str, Any]) -> str:
    """What is asked before the tool is used; the parameters may stand in it, in braces."""
    if not question:
        said = said.rstrip(".").replace("{", "{{").replace("}", "}}")
        return f"Shall I really do this: {said}{{{ALL_OF_THEM}}}?"
    asked = {field for _, field, _, _ in string.Formatter().parse(question) if field is not None}
    if unknown := asked - parameters.keys() - {ALL_OF_THEM}:
        raise TypeError(f"its question names {min(unknown)!r}, which is no parameter of it")
    return question


_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)


def _runner(function: Callable[..., Any]) -> Run:
    wants_key = KEY in inspect.signature(function).parameters
    room = Room()

    async def run(arguments: Mapping[str, Any], key: str) -> Outcome:
        given = {**arguments, KEY: key} if wants_key else arguments
        if inspect.iscoroutinefunction(function):
            answer = await function(**given)
        else:
            answer = await room.run(partial(function, **given))
        if isinstance(answer, Outcome):
            return answer
        if isinstance(answer, str) and answer.strip():
            return Outcome(True, say=answer)
        if answer is None or isinstance(answer, str):
            return Outcome(True, "done")
        return Outcome(True, _ANYTHING.dump_python(answer, mode="json", fallback=str))

    return run
