"""What came of the faults: lines on the terminal, a table, goals."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from rich.console import Console
from rich.markup import escape

from edgevoice.bench.result import Goal, spread
from edgevoice.errors import one_line
from tools.faults.fault import Fault

HEARD_AGAIN_S = 3.0
"""Hearing comes back so soon after the sound card."""
FAULTS_WANTED = 40


class Verdict(StrEnum):
    """Whether the promise was kept."""

    KEPT = "kept"
    WRONG = "wrong"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was promised for a fault, and what was seen; `seconds`: how long all of it took."""

    name: str
    group: str
    what: str
    then: str
    verdict: Verdict
    says: str
    seconds: float
    heard_again_s: float | None = None

    @classmethod
    def told(cls, fault: Fault, said: str, complained: str, seconds: float) -> Self:
        """From what the fault's process `said` in its last line; or, if it did not get so far,
        from the last thing it `complained` of."""
        try:
            answer = json.loads(said.strip().splitlines()[-1])
            verdict, says = Verdict(answer["verdict"]), str(answer["says"])
            again = answer.get("heard_again_s")
        except (IndexError, ValueError, KeyError, TypeError):
            verdict, again = Verdict.WRONG, None
            says = one_line((complained.strip().splitlines() or ["it ended without a word"])[-1])
        return cls(fault.name, fault.group, fault.what, fault.then, verdict, says, seconds, again)

    def as_json(self) -> dict[str, Any]:
        """As it is written down."""
        return asdict(self)


MARKS = {Verdict.KEPT: "[green]✓[/]", Verdict.WRONG: "[red]✗[/]", Verdict.UNAVAILABLE: "[dim]–[/]"}


def show(console: Console, outcome: Outcome) -> None:
    """One fault on the terminal."""
    mark, says = MARKS[outcome.verdict], escape(outcome.says)
    console.print(f"{mark} {escape(outcome.what)} [dim]({outcome.seconds:.1f} s)[/]\n    {says}")


def goals(outcomes: Sequence[Outcome]) -> list[Goal]:
    """What the whole is held to; faults that this machine cannot bring about count for nothing."""
    tried = [outcome for outcome in outcomes if outcome.verdict is not Verdict.UNAVAILABLE]
    again = spread(outcome.heard_again_s for outcome in tried)
    wrong = sum(outcome.verdict is Verdict.WRONG for outcome in tried)
    return [
        Goal.at_least("faults tried", FAULTS_WANTED, len(tried)),
        Goal.at_most("promises broken", 0, wrong),
        Goal.at_most("heard again after (p95)", HEARD_AGAIN_S, again.p95 if again else None, "s"),
    ]


def markdown(outcomes: Sequence[Outcome]) -> str:
    """What was tried, folded by groups: fault → what happens, or what was seen in its place."""
    tried = [outcome for outcome in outcomes if outcome.verdict is not Verdict.UNAVAILABLE]
    lines: list[str] = []
    for group in dict.fromkeys(outcome.group for outcome in tried):
        members = [outcome for outcome in tried if outcome.group == group]
        kept = sum(outcome.verdict is Verdict.KEPT for outcome in members)
        lines.append(f"<details><summary>{group}: {kept} of {len(members)} kept</summary>\n")
        lines += ["| Fault | What happens |", "|---|---|", *map(_row, members), "\n</details>"]
    return "\n".join(lines) + "\n"


def _row(outcome: Outcome) -> str:
    broken = outcome.verdict is Verdict.WRONG
    happens = f"✗ {outcome.says} (promised: {outcome.then})" if broken else outcome.then
    return f"| {_cell(outcome.what)} | {_cell(happens)} |"


def _cell(text: str) -> str:
    return one_line(text).replace("|", "\\|")
