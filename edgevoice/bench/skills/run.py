"""The whole benchmark of skills."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from edgevoice.bench.result import Goal, Result, machine
from edgevoice.bench.run import Progress
from edgevoice.bench.skills import figures
from edgevoice.bench.skills.answering import Answering
from edgevoice.bench.skills.boasts import Boasts
from edgevoice.bench.skills.decisions import Decided, decide
from edgevoice.bench.skills.requests import Asked, Kind, labelled
from edgevoice.bench.skills.spoken import Spoken, chosen, listen
from edgevoice.bench.skills.trial import Tried, attempt
from edgevoice.bench.skills.two_models import model_cases
from edgevoice.bench.skills.two_sides import side_cases
from edgevoice.dialog.claims import Claims
from edgevoice.engines.base import Transcriber

QUICK = 5
"""Of so many requests, `quick` takes one."""


@dataclass(frozen=True, slots=True)
class Skills:
    """All that was measured. `models`: who answered. `whole`: replies were written, not only
    requests recognised. `notice`: what was left out; empty if nothing was."""

    tried: Sequence[Tried]
    spoken: Spoken | None
    decided: Sequence[Decided]
    models: dict[str, str | None]
    whole: bool
    notice: str
    before: dict[str, Any]
    """The machine before we kept it busy."""

    @property
    def goals(self) -> list[Goal]:
        """What was to be reached."""
        return figures.goals(self.tried, self.decided, whole=self.whole)

    @property
    def claims(self) -> list[str]:
        """Sentences that claimed what was not done."""
        heard = self.spoken.tried if self.spoken else ()
        return figures.false_claims([*self.tried, *heard])

    @property
    def result(self) -> Result:
        """What skills.json holds."""
        found = {
            "models": self.models,
            "notice": self.notice,
            **figures.as_figures(self.tried),
            "spoken": self.spoken.as_json() if self.spoken else None,
            "decisions": figures.decisions_as_figures(self.decided),
        }
        return Result(self.before, found, self.goals)


def run(
    answering: Answering,
    progress: Progress,
    *,
    models: dict[str, str | None],
    claims: Claims | None = None,
    transcriber: Transcriber | None = None,
    quick: bool = False,
    whole: bool = True,
) -> Skills:
    """Ask `answering` for everything, and let everything fail.

    `transcriber`: understands some of it spoken; None: nothing is spoken. `claims`: by which its
    writer goes. `whole`: whether it writes replies.

    Raises `ModelError` where espeak-ng is missing.
    """
    before = machine()
    requests: Sequence[Asked] = labelled()
    if not whole:
        alone = [each for each in requests if each.fault is None]
        requests = [replace(each, kind=Kind.TOOL) if each.answer else each for each in alone]
    if quick:
        requests = requests[::QUICK]
    notices = [
        *([f"Quick: one of {QUICK} requests was asked."] if quick else []),
        *([] if whole else ["Only the intents were asked: the rest is for the language model."]),
    ]
    boasts = Boasts(claims)

    async def ask() -> tuple[list[Tried], Spoken | None]:
        tried = await attempt(requests, answering, boasts, progress)
        if transcriber is None:
            return tried, None
        return tried, await listen(chosen(requests), transcriber, answering, boasts, progress)

    tried, spoken = asyncio.run(ask())
    progress("faults", 0, 1)
    decided = decide([*model_cases(), *side_cases()])
    return Skills(tried, spoken, decided, models, whole, " ".join(notices), before)
