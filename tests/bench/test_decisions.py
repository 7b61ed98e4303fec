"""What is decided when everything fails, as the benchmark measures it."""

import pytest

from edgevoice.bench.skills import two_sides
from edgevoice.bench.skills.decisions import Case, decide
from edgevoice.bench.skills.figures import by_decider, decisions_as_figures
from edgevoice.bench.skills.two_models import BREAKER, MATRIX, model_cases
from edgevoice.bench.skills.two_sides import CLOUD, LOCAL, side_cases
from edgevoice.dialog.breaker import Breaker
from edgevoice.dialog.fallback import Ailment, Side, Situation, When


def test_every_decision_is_the_right_one() -> None:
    decided = decide([*model_cases(), *side_cases()])
    assert [each.as_json for each in decided if not each.right] == []
    sizes = {name: share.n for name, share in by_decider(decided).items()}
    assert sizes == {
        "two language models": 2 * len(MATRIX),
        "their breakers": 2 * len(BREAKER),
        "who answers": 2 * (6 + 6 * len(Ailment)) + len(When) * (1 + len(Ailment)),
        "a reply that fails": len(LOCAL) * len(CLOUD) * len(When),
    }
    assert len({each.case.name for each in decided}) == len(decided)


def test_a_breaker_that_never_opens_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Breaker, "failed", lambda self, now: self)
    wrong = [each for each in decide(model_cases()) if not each.right]
    assert {each.case.of for each in wrong} == {"two language models", "their breakers"}


def test_a_service_that_is_always_asked_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def eager(now: Situation) -> tuple[Side, ...]:
        return Side.CLOUD, Side.LOCAL

    monkeypatch.setattr(two_sides, "who_answers", eager)
    monkeypatch.setattr("edgevoice.responders.fallback.who_answers", eager)
    shares = by_decider(decide(side_cases()))
    assert all(share.right < share.n for share in shares.values())


def test_a_service_that_keeps_people_waiting_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_sides, "PATIENCE_S", 2.0)
    wrong = [each for each in decide(side_cases()) if not each.right]
    assert wrong and all(each.found.endswith(", late)") for each in wrong)


def test_an_error_is_no_decision() -> None:
    def fails() -> str:
        raise LookupError

    (decided,) = decide([Case("a test", "it fails", "fine", fails)])
    assert not decided.right
    assert decisions_as_figures([decided])["wrong"] == [
        {"of": "a test", "name": "it fails", "wanted": "fine", "found": "LookupError"}
    ]
