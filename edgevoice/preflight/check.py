"""Can this machine run a profile? What it has is compared with what is needed, and each engine is
used once in a child process, unless that was proven before."""

import logging
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from edgevoice.config import Config
from edgevoice.doctor import Check, check_engine, this_machine
from edgevoice.engine_trial import SECTIONS, TIMEOUT_S, try_engines
from edgevoice.errors import OutputError
from edgevoice.preflight.memory import estimate, room
from edgevoice.preflight.processor import baseline, features_of, lacking
from edgevoice.preflight.proofs import Proofs, fingerprint, surroundings

log = logging.getLogger(__name__)

Begins = Callable[[str], None]
"""Is told which section's engine is tried next."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is in the way, in few words, and the cure; and the model that is meant, if one is."""

    what: str
    cure: str
    model: Path | None = None

    @property
    def whole(self) -> str:
        """What is in the way, with the model's place."""
        return f"{self.what} ({self.model})" if self.model else self.what

    def __str__(self) -> str:
        return f"{self.whole}. {self.cure}"


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found about a profile. `problem`: why it cannot be run; None: it can. `tight`: the
    problem is memory, which is an estimate of ours. `detector`: whether the turn detector works,
    which a conversation can do without. `tried`: the engines that were not proven before."""

    problem: Finding | None = None
    tight: bool = False
    detector: Finding | None = None
    tried: Sequence[str] = ()


def parts(config: Config) -> list[str]:
    """The sections whose engines `config` needs, and the turn detector's last: a trial ends with
    the first that does not work."""
    called = ["attention"] if config.attention.mode == "wake_word" else []
    detector = config.turn.engine != "none" and config.turn.model.exists()
    return [*SECTIONS, *called, *(["turn"] if detector else [])]


class Preflight:
    """Looks at profiles, all on this machine, now.

    `trust`: whether proofs count. `begins`: see `Begins`. `limit_s`: seconds for each engine.
    `root`: where /proc and /sys are.
    """

    def __init__(
        self,
        proofs: Proofs,
        *,
        trust: bool = True,
        begins: Begins = lambda _: None,
        limit_s: float = TIMEOUT_S,
        root: Path = Path("/"),
    ) -> None:
        self._proofs = proofs
        self._trust = trust
        self._begins = begins
        self._limit_s = limit_s
        self._root = root
        try:
            self._features = features_of((root / "proc/cpuinfo").read_text())
        except OSError:  # a service may be kept from seeing it
            self._features = frozenset()
        self._around = surroundings(self._features)

    def prints(self, config: Config) -> dict[str, str]:
        """The fingerprint of every engine of `config`."""
        return {part: fingerprint(part, config, self._around) for part in parts(config)}

    def look(self, config: Config, *, squeeze: bool = False) -> Findings:
        """What is found about the profile `config`. `squeeze`: try it, however tight memory is."""
        if missing := lacking(self._features, baseline(platform.machine())):
            what = f"this processor has no {', '.join(missing)}"
            return Findings(Finding(what, "The engines need a newer one."))
        prints = self.prints(config)
        if not squeeze and (tight := self._tight(config, prints)):
            return Findings(tight, tight=True)
        new = [part for part, mark in prints.items() if not self._proven(mark)]
        worked: dict[str, int] = {}
        problem = None
        for trial in try_engines(new, config, self._limit_s, self._begins) if new else ():
            part = new[len(worked)]
            check = check_engine(part, trial, replace(this_machine(), features=self._features))
            if check.status == "fail":
                problem = _finding(check, _model(part, config))
                break
            worked[prints[part]] = trial.memory
        if worked:
            self._keep(worked)
        if problem and part == "turn":
            return Findings(detector=problem, tried=new)
        return Findings(problem, tried=new)

    def _proven(self, mark: str) -> bool:
        return self._trust and self._proofs.memory(mark) is not None

    def _tight(self, config: Config, prints: Mapping[str, str]) -> Finding | None:
        """Whether memory is too small, by what it took when it worked, or by an estimate."""
        free = room(self._root)
        known = {part: self._proofs.memory(mark) for part, mark in prints.items()}
        needed = sum(
            estimate(part, config) if size is None else size for part, size in known.items()
        )
        if free is None or needed <= free:
            return None
        how = "by an estimate" if None in known.values() else "as measured here before"
        what = f"the engines take {needed / 1e6:.0f} MB ({how}), and {free / 1e6:.0f} MB are free"
        return Finding(what, "Choose smaller models, or a smaller llm.context_tokens.")

    def _keep(self, worked: Mapping[str, int]) -> None:
        try:
            self._proofs.add(worked)
        except OutputError as error:
            log.warning("the next start will try every engine again: %s", error.what)


def _finding(check: Check, model: Path | None) -> Finding:
    if model is None:
        return Finding(f"{check.name}: {check.what}", check.cure)
    # An engine that complains of its model names it first.
    what = check.what.removeprefix(f"{model}: ")
    return Finding(f"{check.name} with {model.name}: {what}", check.cure, model)


def _model(part: str, config: Config) -> Path | None:
    """The model that the settings name for `part`; None: the engine brings its own."""
    if part == "tts":
        return Path(config.tts.voice) if config.tts.engine == "piper" else None
    return getattr(getattr(config, part), "model", None)
