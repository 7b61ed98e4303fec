"""Whether everything that fails is met as it should be: tables say what is right, and the real
breakers, router and responders decide, with models and sessions that fail by a script.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """A decision. `of`: what decides; `name`: what goes wrong; `expected`: what a table says;
    `decide`: lets it decide, and answers in the table's words."""

    of: str
    name: str
    expected: str
    decide: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, and what it was."""

    case: Case
    found: str

    @property
    def right(self) -> bool:
        """Whether it is what the table says."""
        return self.found == self.case.expected

    @property
    def as_json(self) -> dict[str, Any]:
        """For skills.json."""
        case = self.case
        return {"of": case.of, "name": case.name, "wanted": case.expected, "found": self.found}


def decide(cases: Iterable[Case]) -> Sequence[Decided]:
    """What is decided in all of `cases`; an error is no decision, and wrong."""
    return [Decided(case, _found(case)) for case in cases]


def _found(case: Case) -> str:
    try:
        return case.decide()
    except Exception as error:
        return type(error).__name__
