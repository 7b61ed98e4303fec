"""What came of the requests, in figures."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from edgevoice.bench.result import Goal, Spread, spread
from edgevoice.bench.skills.decisions import Decided
from edgevoice.bench.skills.requests import Kind
from edgevoice.bench.skills.trial import Tried

RIGHT_PERCENT = 97.0
DECISIONS_PERCENT = 100.0
INTENTS_MS = 50.0

NO_TOOL = (Kind.IMPOSSIBLE, Kind.RESEMBLING)


@dataclass(frozen=True, slots=True)
class Share:
    """`right` of `n`."""

    right: int
    n: int

    @property
    def percent(self) -> float | None:
        """None where there was nothing."""
        return 100 * self.right / self.n if self.n else None

    @property
    def as_json(self) -> dict[str, Any]:
        """For skills.json."""
        return {"right": self.right, "n": self.n, "percent": self.percent}


def share(tried: Iterable[Tried | Decided]) -> Share:
    """How many of `tried` were right."""
    judged = [each.right for each in tried]
    return Share(sum(judged), len(judged))


def shares(tried: Sequence[Tried], key: Callable[[Tried], str]) -> dict[str, Share]:
    """The same, apart for each `key`, in their order."""
    names = dict.fromkeys(key(each) for each in tried)
    return {name: share(each for each in tried if key(each) == name) for name in names}


def by_kind(tried: Sequence[Tried]) -> dict[str, Share]:
    """Apart for what was tried."""
    return shares(tried, lambda each: each.asked.kind.value)


def by_tool(tried: Sequence[Tried]) -> dict[str, Share]:
    """Apart for the tool that was wanted."""
    wanted = [each for each in tried if each.asked.call]
    return shares(wanted, lambda each: each.asked.call.name if each.asked.call else "")


def by_route(tried: Sequence[Tried]) -> dict[str, Share]:
    """Apart for who answered."""
    return shares(tried, lambda each: each.first_route)


def refusals(tried: Sequence[Tried]) -> Share:
    """Of the requests that no tool fits, how many were answered without one."""
    return share(each for each in tried if each.asked.kind in NO_TOOL)


def latencies(tried: Sequence[Tried]) -> dict[str, Spread]:
    """Milliseconds to the first words, apart for who answered; hanging tools are left out."""
    there = [each for each in tried if each.asked.fault is None and each.first_ms is not None]
    found = {
        route: spread(each.first_ms for each in there if each.first_route == route)
        for route in dict.fromkeys(each.first_route for each in there)
    }
    return {route: values for route, values in found.items() if values}


def false_claims(tried: Sequence[Tried]) -> list[str]:
    """All of them."""
    return [claim for each in tried for claim in each.false_claims]


def by_decider(decided: Sequence[Decided]) -> dict[str, Share]:
    """Apart for what decides."""
    names = dict.fromkeys(each.case.of for each in decided)
    return {name: share(each for each in decided if each.case.of == name) for name in names}


def goals(tried: Sequence[Tried], decided: Sequence[Decided], *, whole: bool) -> list[Goal]:
    """What was to be reached. `whole`: replies were really written, so that they could claim."""
    overall, times = share(tried), latencies(tried)
    intents = times.get("intent")
    return [
        Goal.at_least("right tool and arguments", RIGHT_PERCENT, overall.percent, "%"),
        Goal.at_most("false claims", 0, len(false_claims(tried)) if whole else None),
        Goal.at_most("intents, 95%", INTENTS_MS, intents.p95 if intents else None, "ms"),
        Goal.at_least("decisions about faults", DECISIONS_PERCENT, share(decided).percent, "%"),
    ]


def as_figures(tried: Sequence[Tried]) -> dict[str, Any]:
    """What skills.json holds of them; the requests are ours, so that they may be told."""
    return {
        "right": share(tried).as_json,
        "by_kind": {name: each.as_json for name, each in by_kind(tried).items()},
        "by_tool": {name: each.as_json for name, each in by_tool(tried).items()},
        "by_route": {name: each.as_json for name, each in by_route(tried).items()},
        "refusals": refusals(tried).as_json,
        "false_claims": false_claims(tried),
        "latency_ms": {route: asdict(values) for route, values in latencies(tried).items()},
        "wrong": [_wrong(each) for each in tried if not each.right],
    }


def decisions_as_figures(decided: Sequence[Decided]) -> dict[str, Any]:
    """What skills.json holds of the decisions about faults."""
    return {
        **share(decided).as_json,
        "by_decider": {name: each.as_json for name, each in by_decider(decided).items()},
        "wrong": [each.as_json for each in decided if not each.right],
    }


def _wrong(tried: Tried) -> dict[str, Any]:
    return {
        "words": tried.asked.words,
        "answer": tried.asked.answer,
        "wanted": tried.asked.call.text if tried.asked.call else None,
        "called": [call.text for call, _ in tried.answered.calls],
        "route": tried.first_route,
        "said": tried.answered.said,
    }
