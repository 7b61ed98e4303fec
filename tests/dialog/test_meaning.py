"""What words are to the conversation itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.config import Config
from edgevoice.dialog.attention import Signal
from edgevoice.dialog.events import Acknowledged, Misunderstood, NothingSaid, Stopped, Understood
from edgevoice.dialog.meaning import Circumstances, meant
from edgevoice.phrases_file import load_phrases

PHRASES = load_phrases(Config().phrases.file)
PLAIN = Circumstances(over_us=False, interrupted=False, dozing=False)
OVER = Circumstances(over_us=True, interrupted=False, dozing=False)
AFTER = Circumstances(over_us=False, interrupted=True, dozing=False)
DOZING = Circumstances(over_us=False, interrupted=False, dozing=True)
circumstances = st.builds(Circumstances, st.booleans(), st.booleans(), st.booleans())


def understood(words: str) -> Understood:
    return Understood(7, 3, words, -0.1)


@pytest.mark.parametrize(
    ("words", "said", "meaning", "asks"),
    [
        ("what time is it", PLAIN, Understood, None),
        ("what time is it", OVER, Understood, None),
        ("stop", PLAIN, Understood, None),  # a word like any other, while nobody speaks
        ("stop", OVER, Stopped, None),
        ("stop", AFTER, NothingSaid, None),
        ("no i meant germany", OVER, Understood, None),
        ("mhm", OVER, Acknowledged, None),
        ("mhm", AFTER, Understood, None),
        ("yeah", PLAIN, Understood, None),
        ("go to sleep", PLAIN, NothingSaid, Signal.SLEEP),
        ("go to sleep", OVER, Stopped, Signal.SLEEP),
        ("forget that", PLAIN, Understood, Signal.FORGET),
        ("please forget what I said.", OVER, Understood, Signal.FORGET),
        ("forget that", DOZING, NothingSaid, None),
        ("forget it", PLAIN, Understood, None),
        ("forget that I like tea", PLAIN, Understood, None),
        ("wake up", DOZING, NothingSaid, Signal.WAKE),
        ("what time is it", DOZING, NothingSaid, None),
        ("wake up", PLAIN, Understood, None),
    ],
)
def test_meanings(words: str, said: Circumstances, meaning: type, asks: Signal | None) -> None:
    event, signal = meant(understood(words), said, PHRASES)
    assert type(event) is meaning and signal is asks and event.at == 7


@given(st.text(), circumstances)
def test_whoever_dozes_answers_nothing_and_nothing_but_sleep_and_wake_is_asked(
    words: str, said: Circumstances
) -> None:
    event, signal = meant(understood(words), said, PHRASES)
    assert not (said.dozing and isinstance(event, Understood))
    asked = (None, Signal.WAKE) if said.dozing else (None, Signal.SLEEP, Signal.FORGET)
    assert signal in asked


def test_uncertain_words_are_asked_for_again_unless_we_doze() -> None:
    unsure = Misunderstood(7, 3, "wake up", -3.0)
    assert meant(unsure, PLAIN, PHRASES) == meant(unsure, OVER, PHRASES) == (unsure, None)
    assert meant(unsure, DOZING, PHRASES) == (NothingSaid(7), None)
