"""Tools for what concerns the assistant itself: how it is, what it said, whether it listens."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from edgevoice.board import Pressure
from edgevoice.dialog.attention import Signal
from edgevoice.skills.situation import Situation
from edgevoice.skills.spoken_time import rough_words
from edgevoice.skills.tool import Effect, Tool, ToolFailedError, tool


@dataclass(frozen=True, slots=True)
class Condition:
    """How we are.

    `running_s`: seconds since the start. `temperature_c`: of the processor; None: the board does
    not tell. `pressure`: of heat, or of a weak supply. `reaches`: whether there is a network.
    `profile`: which smaller settings we run with; empty: none.
    """

    running_s: float
    temperature_c: float | None = None
    pressure: Pressure = Pressure.FINE
    reaches: bool = False
    profile: str = ""


_PRESSED = {
    Pressure.WARM: "Heat or a weak power supply slows me down a little.",
    Pressure.HOT: "Heat or a weak power supply slows me down a lot.",
}


def status_words(condition: Condition) -> str:
    """`condition`, for a person."""
    return " ".join(_sentences(condition))


def _sentences(condition: Condition) -> Iterator[str]:
    yield f"I have been running for {rough_words(condition.running_s)}."
    if condition.temperature_c is not None:
        yield f"My processor is at {condition.temperature_c:.0f} degrees Celsius."
    if condition.pressure in _PRESSED:
        yield _PRESSED[condition.pressure]
    if condition.profile:
        yield f"I use the smaller settings called {condition.profile}."
    yield "There is a network connection." if condition.reaches else "I am offline."


def household_tools(
    situation: Situation,
    signal: Callable[[Signal], None],
    status: Callable[[], str],
    hush: Callable[[], object] = lambda: None,
) -> list[Tool]:
    """The tools.

    `signal`: what a person does, called in the event loop, as is `hush`, which ends what rings.
    `status`: how we are, in words; called in a thread.
    """

    @tool(effect=Effect.NONE)
    def device_status() -> str:
        """Tell how the device is: how long it has been running, how warm it is, whether it is
        connected."""
        return status()

    @tool(effect=Effect.NONE)
    async def repeat() -> str:
        """Say the last reply again."""
        if not (said := situation.last_reply.strip()):
            raise ToolFailedError("There is nothing that I could repeat.")
        return said

    @tool
    async def stop() -> str:
        """Stop what is going on: a timer or an alarm that rings, or talking."""
        hush()
        return "Okay."

    @tool
    async def mute() -> str:
        """Switch the microphone off."""
        signal(Signal.MUTE)
        return "Okay. My microphone is off until you switch it on again by hand."

    @tool
    async def sleep() -> str:
        """Go to sleep until woken up."""
        situation.afterwards.append(partial(signal, Signal.SLEEP))
        return "Okay. Call me when you need me."

    @tool
    async def forget() -> str:
        """Forget what was said in this conversation."""
        situation.afterwards.append(partial(signal, Signal.FORGET))
        return "Okay. I forget what we said."

    return [device_status, repeat, stop, mute, sleep, forget]
