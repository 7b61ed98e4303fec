"""Carries out one call of a tool: in time, more than once where that does no harm, and whatever
happens in it, something comes of it.

What a tool raises may quote what was said, so that only its kind is logged, and the model is told
nothing of it.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from edgevoice.dialog.calls import Outcome
from edgevoice.doubling import doubling
from edgevoice.skills.threads import BUSY, BusyError
from edgevoice.skills.tool import Tool, ToolFailedError

FAILED = Outcome(False, "failed", say="Sorry, that did not work.")
LATE = Outcome(False, say="Sorry, that took too long.")

MOST_SPOKEN = 900
"""Letters of an answer that are spoken, which takes about a minute: nobody listens for longer."""
AND_MORE = " And so on."

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 2.0
"""Between two tries; each pause is twice the one before."""

log = logging.getLogger(__name__)


def pause_s(tries: int) -> float:
    """Seconds to wait after so many tries, one or more."""
    return doubling(FIRST_PAUSE_S, tries - 1, LONGEST_PAUSE_S)


async def run(tool: Tool, arguments: Mapping[str, Any], key: str) -> Outcome:
    """What comes of `tool` with `arguments`, which were checked; every try is given the same `key`.

    Another try is made, where the tool allows it, of what broke down or took too long; a tool that
    says why it cannot (`ToolFailedError`, or an outcome of its own) has had the last word. Being
    cancelled cancels the tool, unless it is a plain function: see `threads`.
    """
    outcome = FAILED
    for tries in range(1, max(tool.tries, 1) + 1):
        outcome, final = await _try(tool, arguments, key)
        if final or tries >= tool.tries:
            break
        await asyncio.sleep(pause_s(tries))
    trusted = outcome.trusted and tool.trusted
    return replace(outcome, say=listenable(outcome.say), trusted=trusted)


def listenable(say: str) -> str:
    """As much of `say` as anybody would listen to, and that there is more."""
    if len(say) <= MOST_SPOKEN:
        return say
    begun = say[:MOST_SPOKEN]
    whole = max(begun.rfind(end) + 1 for end in (". ", "! ", "? "))
    return (begun[:whole] or begun.rpartition(" ")[0] or begun) + AND_MORE


async def _try(tool: Tool, arguments: Mapping[str, Any], key: str) -> tuple[Outcome, bool]:
    """What comes of one try, and whether there is no use in another."""
    try:
        async with asyncio.timeout(tool.timeout_s) as limit:
            return await tool.run(arguments, key), True
    except ToolFailedError as error:
        return Outcome(False, say=str(error) or FAILED.say), True
    except BusyError:
        log.warning("the tool %s was not used: too many tools hang", tool.name)
        return Outcome(False, say=BUSY), True
    except BaseException as error:  # a tool may raise what would end us, or cancel itself
        if isinstance(error, asyncio.CancelledError) and _interrupted():
            raise
        if isinstance(error, TimeoutError) and limit.expired():
            log.warning("the tool %s took more than %g s", tool.name, tool.timeout_s)
            return LATE, False
        log.warning("the tool %s failed (%s)", tool.name, type(error).__name__)
        return FAILED, not isinstance(error, Exception | SystemExit)


def _interrupted() -> bool:
    """Whether it is us whom somebody has cancelled."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
