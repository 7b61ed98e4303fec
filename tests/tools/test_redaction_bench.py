from edgevoice.privacy.kinds import Kind
from edgevoice.privacy.numbers import luhn
from tools.bench.redaction import Score, measure
from tools.bench.redaction_set import HELD_OUT, TUNING, Secret, Sentence, sentences


def test_the_halves_share_no_template_and_the_seed_decides() -> None:
    assert not set(TUNING.split("\n")) & set(HELD_OUT.split("\n")) - {""}
    assert list(sentences("tuning", 2, 5)) == list(sentences("tuning", 2, 5))
    assert list(sentences("tuning", 2, 5)) != list(sentences("tuning", 2, 6))


def test_cards_have_a_check_digit() -> None:
    cards = [
        sentence.text[secret.start : secret.end].replace(" ", "")
        for sentence in sentences("tuning", 30, 1)
        for secret in sentence.secrets
        if secret.kind is Kind.CARD
    ]
    written = [card for card in cards if card.isdigit()]
    assert written and all(luhn(card) for card in written)


def test_a_secret_half_hidden_is_not_hidden() -> None:
    score = Score()
    score.add(Sentence("my name is anna so", (Secret(Kind.NAME, 11, 15),)))
    score.add(Sentence("my name is anna so", (Secret(Kind.NAME, 8, 15),)))
    figures = score.figures()
    assert figures["recall"] == 0.5 and figures["precision"] == 1.0
    assert figures["other_words_hidden"] == 0.0 and len(score.missed) == 1


def test_most_of_what_is_made_is_hidden() -> None:
    for half in ("tuning", "held out"):
        hidden = measure(half, 3, 1).figures()["hidden"]
        assert isinstance(hidden, float) and hidden > 0.85
