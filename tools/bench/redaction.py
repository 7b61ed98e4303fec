"""How much redaction finds and what it costs: python -m tools.bench.redaction

Fills the templates of `redaction_set.py` and reports, for both halves: recall per kind (a secret
counts when all of it is hidden under its own kind), precision per kind (what was hidden under the
kind holds a secret of it), what was hidden whole under whatever kind, and how many of the words
that are nobody's secret were hidden. Figures go to standard output as JSON. With `--templates`
your own sentences are measured too, one a line, with slots like {name}, {phone} and {mrn}.
"""

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from edgevoice.privacy.kinds import Found, Kind
from edgevoice.privacy.redaction import redact
from tools.bench.redaction_set import Secret, Sentence, sentences

_TIMED = 3
"""Times are the shortest of so many: the others tell what else the machine was doing."""


@dataclass(slots=True)
class Score:
    """Counts over sentences; times are in milliseconds."""

    secrets: Counter[Kind] = field(default_factory=Counter)
    hidden: Counter[Kind] = field(default_factory=Counter)
    as_kind: Counter[Kind] = field(default_factory=Counter)
    found: Counter[Kind] = field(default_factory=Counter)
    right: Counter[Kind] = field(default_factory=Counter)
    words: int = 0
    lost_words: int = 0
    times: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(self, sentence: Sentence) -> None:
        times = []
        for _ in range(_TIMED):
            began = time.perf_counter()
            found = redact(sentence.text).found
            times.append((time.perf_counter() - began) * 1000)
        self.times.append(min(times))
        perfect = True
        for secret in sentence.secrets:
            covering = [each for each in found if _covers(each, secret)]
            self.secrets[secret.kind] += 1
            self.hidden[secret.kind] += bool(covering)
            right = any(each.kind == secret.kind for each in covering)
            self.as_kind[secret.kind] += right
            perfect = perfect and right
        for each in found:
            self.found[each.kind] += 1
            right = any(
                each.kind == secret.kind and each.start < secret.end and secret.start < each.end
                for secret in sentence.secrets
            )
            self.right[each.kind] += right
            perfect = perfect and right
        self._add_words(sentence, found)
        if not perfect:
            self.missed.append(f"{sentence.text}  →  {redact(sentence.text).text}")

    def _add_words(self, sentence: Sentence, found: Iterable[Found]) -> None:
        hidden = list(found)
        at = 0
        for word in sentence.text.split():
            start = sentence.text.index(word, at)
            at = start + len(word)
            if any(one.start < at and start < one.end for one in sentence.secrets):
                continue
            self.words += 1
            self.lost_words += any(one.start < at and start < one.end for one in hidden)

    def figures(self) -> dict[str, object]:
        kinds = {
            str(kind): {
                "secrets": self.secrets[kind],
                "recall": _share(self.as_kind[kind], self.secrets[kind]),
                "hidden": _share(self.hidden[kind], self.secrets[kind]),
                "precision": _share(self.right[kind], self.found[kind]),
            }
            for kind in Kind
            if self.secrets[kind] or self.found[kind]
        }
        return {
            "kinds": kinds,
            "secrets": self.secrets.total(),
            "recall": _share(self.as_kind.total(), self.secrets.total()),
            "hidden": _share(self.hidden.total(), self.secrets.total()),
            "precision": _share(self.right.total(), self.found.total()),
            "other_words": self.words,
            "other_words_hidden": _share(self.lost_words, self.words),
            "turn_p50_ms": round(statistics.median(self.times), 3),
            "turn_p99_ms": round(statistics.quantiles(self.times, n=100)[98], 3),
        }


def _covers(found: Found, secret: Secret) -> bool:
    return found.start <= secret.start and secret.end <= found.end


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def measure(half: str, each: int, seed: int, templates: str | None = None) -> Score:
    """The score over one half of the set, or over `templates` with that half's names."""
    redact("")  # reading the lists is not part of a turn
    score = Score()
    for sentence in sentences(half, each, seed, templates):
        score.add(sentence)
    return score


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure redaction on sentences that are made.")
    parser.add_argument("--each", type=int, default=40, help="fillings of each template")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--show-tuning", action="store_true", help="print what went wrong in the tuning half"
    )
    parser.add_argument("--templates", type=Path, help="measure your own as well, one a line")
    wanted = parser.parse_args()
    scores = {half: measure(half, wanted.each, wanted.seed) for half in ("tuning", "held out")}
    if wanted.templates:
        templates = wanted.templates.read_text(encoding="utf-8")
        scores["yours"] = measure("held out", wanted.each, wanted.seed, templates)
    json.dump({half: score.figures() for half, score in scores.items()}, sys.stdout, indent=2)
    sys.stdout.write("\n")
    if wanted.show_tuning:
        sys.stderr.writelines(f"{line}\n" for line in scores["tuning"].missed)


if __name__ == "__main__":
    main()
