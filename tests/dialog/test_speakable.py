"""What is said of what is written."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edgevoice.dialog.clauses import ClauseSplitter
from edgevoice.dialog.speakable import Speakable, speakable

TELLING = [
    *"*_`~|\\#<>[](){}!-+=^&%$€£°@:/.,;?'\"\n\t aZ19x×→−–—•…ß你",
    *"** __ *** ``` ~~~ --- ### https://a.b www.c.de a@b.de snake_case &amp; <br> 20°C".split(),
    *"🙂 👩‍💻 🇩🇪 1️⃣".split(),
]
texts = st.lists(st.sampled_from(TELLING), max_size=40).map("".join) | st.text(max_size=80)
words = st.text(st.characters(categories=["Ll", "Lu", "Lo"]), min_size=1, max_size=12)


@given(texts)
@example("*#*# a")
@example("[*[a]*]")
@example("\ud800 lone surrogates come out of broken tokenisers")
def test_nothing_that_cannot_be_spoken_is_left(text: str) -> None:
    said = speakable(text)
    assert not re.search(r"[*`~|\\<>\n\r\t]", said)
    assert not re.search(r"(?<!\w)[_#]|_(?!\w)", said)
    assert not re.search(r"https?://\w", said)
    assert "[[" not in said and "]]" not in said
    assert not {"So", "Cs", "Co", "Cn", "Cc"} & {unicodedata.category(letter) for letter in said}
    assert said == " ".join(said.split())
    assert not said or any(letter.isalnum() for letter in said)


@given(texts)
def test_what_is_speakable_already_stays_as_it_is(text: str) -> None:
    said = speakable(text)
    assert speakable(said) == said


@given(st.lists(words, min_size=1), st.sampled_from([" ", ", ", ". ", "; ", "! ", "? ", ": "]))
def test_ordinary_words_are_kept(said: list[str], between: str) -> None:
    text = between.join(said)
    assert speakable(text) == text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Hello there.", "Hello there."),
        ("I don't know; it's \"fine\" (really) - isn't it?",) * 2,
        ("Grüße aus Köln, señor Müller!",) * 2,
        ("你好，很高兴见到你。",) * 2,
        ("It is half past 3, or 15:30.",) * 2,
        ("The well-known 3.14 and 1,000 and 1/2.",) * 2,
        ("one\ntwo\r\n  three", "one two three"),
        ("Say [[h@l'oU]] once [more].", "Say h@l'oU once [more]."),
        ("", ""),
        ("…!?", ""),
        # markdown
        ("**Paris** is the *capital* of __France__.", "Paris is the capital of France."),
        ("***Very*** ~~un~~important, **bold**ly said", "Very unimportant, boldly said"),
        ("# Title\n", "Title"),
        ("### The **second** one ###", "The second one"),
        ("- one\n", "one"),
        ("  * two", "two"),
        ("• three", "three"),
        ("1. Apples", "1. Apples"),
        ("> as they say", "as they say"),
        ("> - **both**", "both"),
        ("---\n", ""),
        ("* * *", ""),
        ("Use `make demo` here.", "Use make demo here."),
        ("\\*not bold\\*", "not bold"),
        ("# Title\n- one\n- two\n", "Title one two"),
        # names that only look like markdown
        ("snake_case and __init__ and _this_.", "snake_case and init and this."),
        ("I use C# and F#.",) * 2,
        # links
        ("See [the manual](https://a.b/c_d(e)) first.", "See the manual first."),
        ("![A cat](cat.png) sleeps", "A cat sleeps"),
        ("Read https://example.com/a?b=c#d.", "Read."),
        ("Read more (https://example.com) here.", "Read more here."),
        ("Go to <https://example.com>!", "Go to!"),
        ("At www.example.com, they say.", "At, they say."),
        ("Try ftp://a.b/c now", "Try now"),
        ("Write to jane.doe@example.co.uk.", "Write to jane.doe at example.co.uk."),
        # tables
        ("| Name | Age |", "Name, Age"),
        ("|---|:-:|", ""),
        ("| Ann | 5 |", "Ann, 5"),
        # emoji
        ("Hi 👋!", "Hi!"),
        ("Hello👩‍💻world 🇩🇪 and 👍🏽", "Hello world and"),
        ("1️⃣ First ✅", "1 First"),
        ("❤️ ☀️ ⭐", ""),
        # numbers and signs
        ("20°C or 20 ° C", "20 degrees Celsius or 20 degrees Celsius"),
        ("It is 68 °F.", "It is 68 degrees Fahrenheit."),
        ("Turn 90° left.", "Turn 90 degrees left."),
        ("-5 °C is cold, −10 is colder.", "minus 5 degrees Celsius is cold, minus 10 is colder."),
        ("50% of 3.5 %", "50 percent of 3.5 percent"),
        ("It costs $3.50 or £1,000.", "It costs 3.50 dollars or 1,000 pounds."),
        ("€4 or 5 € or 6€", "4 euros or 5 euros or 6 euros"),
        ("$1 is not $1.5 million.", "1 dollar is not 1.5 million dollars."),
        ("2 + 2 = 4", "2 plus 2 equals 4"),
        ("7 - 3 = 4 and 9−1", "7 minus 3 equals 4 and 9 minus 1"),
        ("10 - 4 - 3 = 3", "10 minus 4 minus 3 equals 3"),
        ("From 1914 - 1918, pages 10–12, 555-1234", "From 1914 - 1918, pages 10 to 12, 555-1234"),
        ("$5bn",) * 2,
        ("7 × 6, 7 * 6, 7x6", "7 times 6, 7 times 6, 7 times 6"),
        ("8 ÷ 2, 8 / 2", "8 divided by 2, 8 divided by 2"),
        ("2^10 and x^2", "2 to the power of 10 and x to the power of 2"),
        ("3 < 5 > 4", "3 is less than 5 is greater than 4"),
        ("You are #1!", "You are number 1!"),
        ("R&D, salt & pepper", "R and D, salt and pepper"),
        ("A -> B → C", "A to B to C"),
        # HTML
        ("one<br>two <b>bold</b>!", "one two bold!"),
    ],
)
def test_as_a_person_would_read_it(written: str, said: str) -> None:
    assert speakable(written) == said


def spoken(text: str) -> list[str]:
    splitter, say = ClauseSplitter(), Speakable()
    return [said for c in [*splitter.add(text), *splitter.finish()] if (said := say(c))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sure.\n```python\nprint('hi')\n\nx = 1. Then\n```\nSo there.", ["Sure.", "So there."]),
        ("Sure: ```python\nprint('hi')\n```\nThat is it.", ["Sure:", "That is it."]),
        ("Run ```make demo``` now.", ["Run now."]),
        ("~~~\ncode\n~~~\nDone.", ["Done."]),
        ("One.\n```\na\n```\nTwo.\n```\nb\n```\nThree.", ["One.", "Two.", "Three."]),
        ("It never ends:\n```\ncode\nand more", ["It never ends:"]),
        ("So nice~~~ is it?", ["So nice is it?"]),
    ],
)
def test_code_is_left_out_over_as_many_clauses_as_it_has(text: str, said: list[str]) -> None:
    assert spoken(text) == said


def test_a_reply_full_of_markdown_sounds_like_a_person() -> None:
    text = (
        "## Fruit 🍎\n\n- **Apples**: 3 pieces\n- *Pears*, see [here](https://a.b)\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\nBye! 👋"
    )
    assert spoken(text) == ["Fruit", "Apples: 3 pieces", "Pears, see here", "a, b", "1, 2", "Bye!"]
