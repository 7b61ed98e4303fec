"""What is hidden, what is not, and what holds for every text."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgevoice.privacy.cues import english
from edgevoice.privacy.kinds import Kind
from edgevoice.privacy.redaction import redact
from tools.bench.redaction_set import sentences

SENTENCES = [sentence.text for sentence in sentences("tuning", 3, 7)]


@pytest.mark.parametrize(
    ("said", "leaves"),
    [
        ("my name is anna exampleton and i hurt", "my name is [name] and i hurt"),
        ("My name is Will.", "My name is [name]."),
        ("my name is a n n a", "my name is [name]"),
        ("Dr. Testwick said so", "Dr. [name] said so"),
        ("the doctor said so", "the doctor said so"),
        ("call anna please", "call [name] please"),
        ("Call Quillibert today.", "Call [name] today."),
        ("call a taxi", "call a taxi"),
        ("emily testwick came with jack", "[name] came with [name]"),
        ("i need a jack in virginia", "i need a jack in virginia"),
        ("five five five fifty one two three", "[phone]"),
        ("five five five, one two three four", "[phone]"),
        ("it is double five five oh one double nine okay", "it is [phone] okay"),
        ("(212) 555-0123", "[phone]"),
        ("call me at plus one two one two five five five oh one two three", "call me at [phone]"),
        ("eight hundred five five five oh one two three", "[phone]"),
        ("anna at example dot com", "[email]"),
        ("it's a n n a at example dot com", "it's [email]"),
        ("nurse anna's shift", "nurse [name] shift"),
        ("mail a.b+c@example.com now", "mail [email] now"),
        ("it is anna underscore b four two at mail dot example dot org", "it is [email]"),
        ("write to anna.b at example.com.", "write to [email]."),
        ("born on the fifth of march nineteen forty two", "born on [dob]"),
        ("my date of birth is 3/5/1942", "my date of birth is [dob]"),
        ("my birthday is next week", "my birthday is next week"),
        ("my ssn is 900-12-3456", "my ssn is [ssn]"),
        ("last four of my social one two three four", "last four of my social [ssn]"),
        ("m r n four four five six seven", "m r n [mrn]"),
        ("member id is x y z one two three four five i think", "member id is [insurance] i think"),
        ("i live at 12 maple street apartment four b", "i live at [address]"),
        ("forty two oak avenue springfield illinois 62701 please", "[address] please"),
        ("i live on river court", "i live on [address]"),
        ("take 4111 1111 1111 1111", "take [card]"),
        ("take 4111 1111 1111 1112", "take [number]"),
        ("in 1,234,567 years on 2026-11-21", "in 1,234,567 years on 2026-11-21"),
        ("pi is 3.14159265", "pi is 3.14159265"),
        ("one two three four five six seven eight", "one two three four five six seven eight"),
        ("nine eight seven six five four three million",) * 2,
        ("", ""),
    ],
)  # fmt: skip
def test_what_leaves_the_conversation(said: str, leaves: str) -> None:
    assert redact(said).text == leaves


def test_what_was_found_is_told_by_place_and_never_by_its_words() -> None:
    said = "my name is anna and my number is 555 0123"
    found = redact(said).found
    assert [(one.kind, said[one.start : one.end]) for one in found] == [
        (Kind.NAME, "anna"),
        (Kind.PHONE, "555 0123"),
    ]
    assert "anna" not in repr(found) and "0123" not in repr(found)


WORDS = sorted({word for entry in english().entries for word in entry})
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(SENTENCES),
    st.sampled_from([kind.token for kind in Kind]),
    st.text(string.digits, min_size=1, max_size=12),
    st.sampled_from(list("@.,-+()[]/:'’_?")),
    st.text(max_size=6),
)
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from(["", " ", " ", "\n"])), max_size=25).map(
    lambda pieces: "".join(piece + space for piece, space in pieces)
)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text).text
    assert redact(once).text == once
    assert not redact(once).found


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_what_lies_outside_stays_and_in_order(text: str) -> None:
    redacted = redact(text)
    rest, at = redacted.text, 0
    for found in redacted.found:
        assert at <= found.start < found.end <= len(text)
        kept = text[at : found.start] + found.kind.token
        assert rest.startswith(kept)
        rest, at = rest.removeprefix(kept), found.end
    assert rest == text[at:]


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_it_grows_by_no_more_than_a_token_for_each_place(text: str) -> None:
    redacted = redact(text)
    longest = max(len(kind.token) for kind in Kind)
    assert len(redacted.text) <= len(text) + longest * len(redacted.found)


@settings(max_examples=200, deadline=None)
@given(st.text(string.digits, min_size=10, max_size=10), st.sampled_from(["", " ", ", ", "-"]))
def test_ten_digits_are_hidden_however_they_are_said(digits: str, between: str) -> None:
    words = [list(english().values)[int(digit)] for digit in digits]
    redacted = redact("it is " + (between or " ").join(words) + " okay")
    if not digits.startswith("1234567"):
        assert redacted.text == "it is [phone] okay"
