"""A fault: something that goes wrong in the world, and what must come of it.

A module of faults is a list of functions:

    @fault("the next question is answered; heard again within 3 s")
    def sound_process_killed(folder: Path) -> Observed:
        \"\"\"The sound process is killed.\"\"\"

The function does what its first line says, for real, looks at what comes of it, and cleans up. It
gets an empty folder of its own, raises `BrokenPromiseError` where the promise is not kept and
`UnavailableError` where this machine cannot bring the fault about. It must end by itself; see
`LIMIT_S`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LIMIT_S = 180
"""A fault that takes longer is ended, and has failed."""


class BrokenPromiseError(Exception):
    """The promise was not kept; the message says what happened in its place."""


class UnavailableError(Exception):
    """This machine cannot bring the fault about; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What came of a fault, in a few words; and, where sound was lost, the seconds from the moment
    when it could be heard again until it was."""

    says: str
    heard_again_s: float | None = None


Inject = Callable[[Path], Observed]


@dataclass(frozen=True, slots=True)
class Fault:
    """`what` goes wrong and what happens `then`, for people; `group`: whom it happens to."""

    name: str
    group: str
    what: str
    then: str
    inject: Inject


FAULTS: dict[str, Fault] = {}
"""Every fault by its name, in the order of the modules that `__main__` names."""


def fault(then: str) -> Callable[[Inject], Inject]:
    """Make a fault of a function; `then`: what must come of it."""

    def add(inject: Inject) -> Inject:
        name, group = inject.__name__, inject.__module__.rpartition(".")[2]
        what = (inject.__doc__ or "").strip().splitlines()[0].rstrip(".")
        if name in FAULTS:
            raise ValueError(f"there are two faults of the name {name}")
        FAULTS[name] = Fault(name, group, what, then, inject)
        return inject

    return add


def expect(kept: object, wrong: str) -> None:
    """Raise `BrokenPromiseError` with the words `wrong` unless the promise is `kept`."""
    if not kept:
        raise BrokenPromiseError(wrong)
