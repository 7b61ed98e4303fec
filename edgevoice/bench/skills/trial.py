"""Asks every request, and judges what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from edgevoice.bench.run import Progress
from edgevoice.bench.skills.answering import Answered, Answering
from edgevoice.bench.skills.boasts import Boasts
from edgevoice.bench.skills.judge import right
from edgevoice.bench.skills.requests import Asked, Kind
from edgevoice.dialog.calls import ToolCall


@dataclass(frozen=True, slots=True)
class Tried:
    """A request, what came of it (of the last thing said, where there was an answer to a question
    of ours), and how it is judged. `false_claims`: sentences that claimed what was not done."""

    asked: Asked
    answered: Answered
    right: bool
    false_claims: tuple[str, ...]
    first_ms: float | None
    """Milliseconds to the first words of the first reply."""
    first_route: str


async def attempt(
    requests: Sequence[Asked],
    answering: Answering,
    boasts: Boasts,
    progress: Progress,
) -> list[Tried]:
    """What came of `requests`, each in a conversation of its own."""
    tried = []
    for n, asked in enumerate(requests):
        progress("requests", n, len(requests))
        tried.append(await _attempt(asked, answering, boasts))
    progress("requests", len(requests), len(requests))
    return tried


async def _attempt(asked: Asked, answering: Answering, boasts: Boasts) -> Tried:
    await answering.begin(asked.fault)
    first = await answering.answer(asked.words)
    claims = list(boasts.false_claims(first, asked.words))
    last, early = first, False
    if asked.kind is Kind.CONFIRMED:
        early = bool(first.calls)  # it must ask before it does anything
        last = await answering.answer(asked.answer)
        claims += boasts.false_claims(last, asked.answer)
    good = not early and _judged(asked, last)
    return Tried(asked, last, good, tuple(claims), first.latency_ms, first.route)


def _judged(asked: Asked, answered: Answered) -> bool:
    calls = [call for call, _ in answered.calls]
    if asked.kind is Kind.CONFIRMED:
        # Other tools may still be used for what the person says instead of yes or no.
        done = [call for call in calls if asked.call and call.name == asked.call.name]
        return _only(asked.call, done) if asked.done else not done
    if asked.kind is Kind.FAULT:
        failed = all(outcome is not None and not outcome.ok for _, outcome in answered.calls)
        return failed and _only(asked.call, calls)
    return _only(asked.call, calls)


def _only(wanted: ToolCall | None, calls: Sequence[ToolCall]) -> bool:
    """Whether what was `wanted` was called, and nothing else."""
    return len(calls) <= 1 and right(wanted, calls[0] if calls else None)
