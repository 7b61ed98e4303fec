"""What one reply has done, or begun, in the world."""

from collections.abc import Callable
from dataclasses import dataclass, field

from edgevoice.dialog.calls import Outcome, ToolCall
from edgevoice.dialog.history import Message

LEFT = Outcome(True, "still at work; the person interrupted, and it was left to go on")
BROKEN_OFF = Outcome(False, "broken off, because the person interrupted")


@dataclass(slots=True)
class Deed:
    """A call, and what came of it (None: it is under way).

    `acts`: whether it changes anything in the world. `lasts`: whether it goes on when the reply is
    interrupted. `halt`: ends it at once; what it has not done by then it never does.
    """

    call: ToolCall
    acts: bool = False
    lasts: bool = False
    outcome: Outcome | None = None
    halt: Callable[[], object] = field(default=lambda: None, repr=False, compare=False)


class Deeds:
    """Those of one reply, in their order."""

    def __init__(self) -> None:
        self._deeds: list[Deed] = []

    def begin(self, call: ToolCall, *, acts: bool = False, lasts: bool = False) -> Deed:
        """`call` is carried out from now on; set `outcome` of what this returns when it is done."""
        deed = Deed(call, acts, lasts)
        self._deeds.append(deed)
        return deed

    def break_off(self) -> None:
        """Nobody wants the reply any more: end what is under way, and does not last."""
        for deed in self._deeds:
            if deed.outcome is None and not deed.lasts:
                deed.halt()

    @property
    def all(self) -> tuple[Deed, ...]:
        """Every one so far."""
        return tuple(self._deeds)

    @property
    def done(self) -> frozenset[str]:
        """The names of the tools that have done what they were asked to."""
        return frozenset(deed.call.name for deed in self._deeds if deed.outcome and deed.outcome.ok)

    @property
    def failed(self) -> frozenset[str]:
        """The names of the tools that have not."""
        outcomes = [(deed.call.name, deed.outcome) for deed in self._deeds]
        return frozenset(name for name, outcome in outcomes if outcome and not outcome.ok)

    def messages(self, *, heard: bool = True) -> list[Message]:
        """How history remembers them. Of a reply that nobody `heard`, only what it has changed."""
        messages = []
        for deed in self._deeds:
            if heard or deed.acts:
                outcome = deed.outcome or (LEFT if deed.lasts else BROKEN_OFF)
                messages.append(Message("assistant", "", (deed.call,)))
                messages.append(Message("tool", outcome.text))
        return messages
