"""How well and how soon the documents answer: python -m tools.bench.knowledge

Answers: over the questions of `knowledge_set.py`, for both halves, each with the documents of its
half alone and among 10,000 passages that are words thrown together, those of the documents among
them: nonsense that often has a question's words. `precision`: of what was answered, how much
was right (the right words, from the right document; answering what has no answer is wrong).
`recall`: of what has an answer, how much was answered rightly. `refused`: of what has none, how
much was left to the language model, or denied. With `--least`, for other values of
knowledge.min_fit as well.

Times: from the question as text to the answer as text, for all questions, and for questions whose
every word is in very many passages. Figures go to standard output as JSON.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from edgevoice.skills.knowledge.answer import MIN_FIT
from edgevoice.skills.knowledge.index import refresh
from edgevoice.skills.knowledge.knowledge import EASIER, NOTHING, Knowledge
from edgevoice.skills.knowledge.questions import understood
from tools.bench.knowledge_set import DOCUMENTS, QUESTIONS, Labelled, questions

PASSAGES = 10_000
_TIMED = 3
"""Times are the shortest of so many: the others tell what else the machine was doing."""
_SECTIONS = 100
"""Of one document made up at random; each is a passage."""
_WORDS = 90
"""Of one of its passages, as long as those of real documents."""
_SYLLABLES = "ba de fi go lu ma ne pi ro su ta ve wi zo ka le mi no ru sha the cro pla ster".split()


@dataclass(slots=True)
class Score:
    """Counts over questions."""

    right: int = 0
    wrong: int = 0
    answerable: int = 0
    refused: int = 0
    others: int = 0

    def figures(self) -> dict[str, float | int | None]:
        """As shares."""
        return {
            "answerable": self.answerable,
            "others": self.others,
            "precision": _share(self.right, self.right + self.wrong),
            "recall": _share(self.right, self.answerable),
            "refused": _share(self.refused, self.others),
        }


def judge(
    knowledge: Knowledge, asked: Iterable[Labelled], least: float = MIN_FIT
) -> tuple[Score, list[str]]:
    """The score with `least` as the least fit; and what went wrong."""
    score, faults = Score(), []
    for question in asked:
        understanding = understood(question.text)
        extract = knowledge.extract(question.text) if understanding.asks else None
        needed = least * (EASIER if understanding.explicit else 1.0)
        answered = extract is not None and extract.fit >= needed
        text = extract.spoken if extract else NOTHING
        right = all(word.lower() in text.lower() for word in question.told)
        fit = f"{extract.fit:.2f}" if extract else "-"
        if question.document:
            score.answerable += 1
            score.right += answered and right
            score.wrong += answered and not right
            if not (answered and right):
                faults.append(f"{'wrong' if answered else 'missed'} {fit} {question.text} → {text}")
        else:
            score.others += 1
            score.refused += not answered
            score.wrong += answered
            if answered:
                faults.append(f"answered {fit} {question.text} → {text}")
    return score, faults


def vocabulary(rng: random.Random, size: int = 6_000) -> list[str]:
    """Words of the documents to be told from, and very many that mean nothing."""
    texts = [text for half in DOCUMENTS.values() for text in half.values()]
    real = sorted({word for text in texts for word in text.lower().split() if word.isalpha()})
    made = {"".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(size)}
    words = [*real, *sorted(made)]
    rng.shuffle(words)
    return words


def made_up(passages: int, seed: int) -> Iterator[str]:
    """Markdown documents of so many passages in all, with words as frequent as Zipf's law says."""
    rng = random.Random(seed)
    words = vocabulary(rng)
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    for first in range(0, passages, _SECTIONS):
        sections = [f"# Document {first // _SECTIONS}"]
        for _ in range(min(_SECTIONS, passages - first)):
            heading = " ".join(rng.choices(words, k=3))
            text = rng.choices(words, weights, k=_WORDS)
            lines = [" ".join(text[at : at + 15]).capitalize() + "." for at in range(0, _WORDS, 15)]
            sections.append(f"## {heading}\n\n{' '.join(lines)}")
        yield "\n\n".join(sections)


def frequent(seed: int, many: int = 200) -> list[str]:
    """Questions of the words that most of the made-up passages have: the slowest there are."""
    rng = random.Random(seed)
    words = [word for word in vocabulary(random.Random(seed))[:60] if len(word) > 2]
    return [f"what about {' '.join(rng.sample(words, k=rng.randint(1, 20)))}" for _ in range(many)]


def measured(folder: Path, half: str, passages: int, seed: int, leasts: list[float]) -> object:
    """Figures over one half, with so many passages of nonsense around its documents."""
    folder.mkdir()
    for name, text in DOCUMENTS[half].items():
        (folder / name).write_text(text, encoding="utf-8")
    for number, text in enumerate(made_up(passages, seed)):
        (folder / f"made-up-{number}.md").write_text(text, encoding="utf-8")
    began = time.perf_counter()
    index = folder.with_suffix(".db")
    refreshed = refresh(folder, index)
    building = time.perf_counter() - began
    knowledge = Knowledge(index)
    asked = questions(half)
    figures: dict[str, object] = {"passages": refreshed.passages, "built_s": round(building, 2)}
    for least in leasts:
        score, faults = judge(knowledge, asked, least)
        figures[f"min_fit {least}"] = score.figures()
        if least == MIN_FIT:
            for fault in faults:
                sys.stderr.write(f"{fault}\n")
    figures["questions_ms"] = times(knowledge, [each.text for each in asked])
    if passages:
        figures["frequent_words_ms"] = times(knowledge, frequent(seed))
    knowledge.close()
    return figures


def times(knowledge: Knowledge, asked: list[str]) -> dict[str, float]:
    """Milliseconds for an answer."""
    spent = []
    for text in asked:
        tries = []
        for _ in range(_TIMED):
            began = time.perf_counter()
            knowledge.answer(text)
            tries.append((time.perf_counter() - began) * 1000)
        spent.append(min(tries))
    cuts = statistics.quantiles(spent, n=100)
    figures = {"p50": cuts[49], "p95": cuts[94], "max": max(spent)}
    return {name: round(value, 2) for name, value in figures.items()}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=[*QUESTIONS], help="only this one")
    parser.add_argument("--passages", type=int, default=PASSAGES, help="of nonsense around it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least", type=float, nargs="*", default=[], help="other least fits")
    chosen = parser.parse_args()
    leasts = sorted({MIN_FIT, *chosen.least})
    result: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        for half in [chosen.half] if chosen.half else QUESTIONS:
            for passages in sorted({0, chosen.passages}):
                name = f"{half}, {passages} passages of nonsense"
                place = Path(folder, f"{half}-{passages}".replace(" ", "-"))
                sys.stderr.write(f"--- {name}\n")
                result[name] = measured(place, half, passages, chosen.seed, leasts)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
