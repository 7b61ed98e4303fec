"""What the measurement of answers from documents is made of."""

from pathlib import Path

from edgevoice.skills.knowledge.index import refresh
from edgevoice.skills.knowledge.knowledge import Knowledge
from edgevoice.skills.knowledge.passages import split
from tools.bench.knowledge import frequent, judge, made_up
from tools.bench.knowledge_set import DOCUMENTS, QUESTIONS, Labelled, questions


def test_the_halves_share_nothing() -> None:
    tuning, held_out = ({each.text for each in questions(half)} for half in QUESTIONS)
    assert not tuning & held_out
    assert not set(DOCUMENTS["tuning"]) & set(DOCUMENTS["held out"])


def test_every_label_can_be_met() -> None:
    for half in QUESTIONS:
        for question in questions(half):
            assert bool(question.document) == bool(question.told)
            if question.document:
                text = " ".join(DOCUMENTS[half][question.document].split()).lower()
                assert all(told.lower() in text for told in question.told), question


def test_nonsense_has_as_many_passages_as_wanted_and_the_seed_decides() -> None:
    texts = list(made_up(230, 7))
    assert len(texts) == 3 and sum(len(split(text)) for text in texts) == 230
    assert texts == list(made_up(230, 7)) != list(made_up(230, 8))
    assert frequent(7, 20) == frequent(7, 20) != frequent(8, 20)


def test_answers_are_judged_by_their_words(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# House\n\nThe boiler is in the cellar.")
    refresh(tmp_path, tmp_path / "k.db")
    knowledge = Knowledge(tmp_path / "k.db")
    asked = [
        Labelled("where is the boiler", "a.md", ("cellar",)),
        Labelled("where is the boiler", "a.md", ("attic",)),
        Labelled("where is the fridge", "a.md", ("kitchen",)),
        Labelled("where is the boiler", "", ()),
        Labelled("where is the moon", "", ()),
    ]
    score, faults = judge(knowledge, asked)
    knowledge.close()
    assert (score.right, score.wrong, score.answerable) == (1, 2, 3)
    assert (score.refused, score.others) == (1, 2)
    assert [fault.split()[0] for fault in faults] == ["wrong", "missed", "answered"]
    assert score.figures()["precision"] == 0.333
