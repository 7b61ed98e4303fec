"""Tools for what a person wants us to remember, where that is allowed; where not, they say so."""

import re
from collections.abc import Callable

from edgevoice.errors import OutputError
from edgevoice.skills.facts import LONGEST, FullError, Memory
from edgevoice.skills.phrasing import sentence
from edgevoice.skills.tool import Effect, Tool, ToolFailedError, tool

FORBIDDEN = (
    "I am not allowed to remember things. "
    "Whoever looks after me can switch on storage and memory in my settings."
)
MOST_TOLD = 5
"""Facts that are told at once."""
MOST_ABOUT = 3
"""Of those that have to do with a question."""

_EVERYTHING = re.compile(
    r"(?:(?:everything|anything|all(?: of it)?|it all) ?)?"
    r"(?:(?:what |that )?(?:i(?: have|'ve)? (?:told you|said)|you (?:know|remember))(?: about me)?"
    r"|about me|me|myself)?"
)
_OPENING = re.compile(r"(?:everything|all|anything|what i (?:said|told you)) (?:about|of) ")


def memory_tools(memory: Memory | None, speaker: Callable[[], str] = lambda: "") -> list[Tool]:
    """The tools. `memory`: None where nothing may be remembered. `speaker`: who has introduced
    themselves; empty: nobody."""

    def opened() -> Memory:
        if memory is None:
            raise ToolFailedError(FORBIDDEN)
        return memory

    @tool
    def remember_fact(text: str) -> str:
        """Remember something for later conversations, when the person asks for that.

        text: What to remember, in the person's words.
        """
        fact = " ".join(text.split()).removeprefix("that ").strip(".!?;, ")
        if not fact:
            raise ToolFailedError("I have not understood what to remember.")
        if len(fact) > LONGEST:
            raise ToolFailedError("That is too much to remember at once.")
        name = speaker()
        try:
            opened().remember(fact, name)
        except FullError:
            raise ToolFailedError("I remember too much already. Let me forget something.") from None
        except OutputError:
            raise ToolFailedError("I could not write that down.") from None
        return f"I will remember that, {name}." if name else "I will remember that."

    @tool(effect=Effect.NONE)
    def recall_facts(about: str = "") -> str:
        """Tell what the person has asked to be remembered.

        about: What it should have to do with; empty for everything.
        """
        wanted = _subject(about)
        try:
            facts = opened().recall(wanted, speaker())
        except OutputError:
            raise ToolFailedError("I cannot look that up just now.") from None
        told = facts[: MOST_ABOUT if wanted else MOST_TOLD]
        if not told:
            return "You have not told me anything about that."
        more = len(facts) - len(told)
        rest = f" And {more} more." if more and not wanted else ""
        return f"You told me this: {' '.join(map(sentence, told))}{rest}"

    @tool(effect=Effect.DANGEROUS, question="Shall I really forget that for good?")
    def forget_facts(about: str = "") -> str:
        """Forget for good what the person once asked to be remembered.

        about: What it has to do with, or whose facts; empty for everything the person told.
        """
        try:
            gone = opened().forget(_subject(about), speaker())
        except OutputError:
            raise ToolFailedError("I could not remove that.") from None
        if not gone:
            raise ToolFailedError("I remember nothing of that kind.")
        return "I have forgotten that." if gone == 1 else f"I have forgotten those {gone} things."

    return [remember_fact, recall_facts, forget_facts]


def _subject(about: str) -> str:
    """What `about` is about; empty for everything of the person's own."""
    plain = " ".join(about.lower().replace("’", "'").split()).strip(".!?;, ")
    return "" if _EVERYTHING.fullmatch(plain) else _OPENING.sub("", plain)
