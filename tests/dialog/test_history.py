"""What was said: it alternates, it fits, and it holds what was heard."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.dialog.history import (
    BYTES_PER_TOKEN,
    MESSAGE_TOKENS,
    History,
    heard_part,
    last_made_whole,
)

BUDGET = 120
SYSTEM = "be kind"

texts = st.text(st.sampled_from("ab ü好\n"), max_size=100)
turns = st.lists(st.tuples(st.sampled_from(["user", "assistant"]), texts), max_size=30)
clauses = st.lists(
    st.tuples(
        st.lists(st.text("abü.,", min_size=1, max_size=6), min_size=1, max_size=6).map(
            lambda words: " ".join(words) + " "
        ),
        st.integers(0, 5_000),
    ),
    max_size=6,
)


def tokens(history: History) -> int:
    return sum(
        len(message.content.encode()) // BYTES_PER_TOKEN + MESSAGE_TOKENS
        for message in history.messages()
    )


def held(history: History) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in history.messages()[1:]]


@given(turns)
def test_roles_alternate_in_whatever_order_things_are_said(said: list[tuple[str, str]]) -> None:
    history = History(SYSTEM, BUDGET)
    for role, text in said:
        before = held(history)
        (history.add_user if role == "user" else history.add_assistant)(text)
        system, *rest = history.messages()
        assert system.role == "system" and system.content.startswith(SYSTEM)
        assert [message.role for message in rest[:1]] in ([], ["user"])
        assert all(first.role != second.role for first, second in pairwise(rest))
        assert all(message.content.strip() for message in rest)
        assert history.unanswered == bool(rest and rest[-1].role == "user")
        if role == "user" and text.strip():
            assert rest[-1].role == "user" and rest[-1].content.endswith(text)
            assert tokens(history) <= BUDGET or (len(rest) == 1 and system.content == SYSTEM)
        elif role == "assistant" and text.strip() and before and before[-1][0] == "user":
            assert held(history) == [*before, ("assistant", text)]
        else:
            assert held(history) == before or tokens(history) <= BUDGET


def test_words_that_were_not_answered_are_joined_with_those_that_follow() -> None:
    history = History(SYSTEM, BUDGET)
    history.add_user("what is")
    history.add_assistant("")
    history.add_user("the capital of France")
    history.add_assistant("Paris")
    history.add_assistant("and this was heard by nobody's wish")
    assert held(history) == [("user", "what is the capital of France"), ("assistant", "Paris")]


def test_empty_words_change_nothing() -> None:
    history = History(SYSTEM, BUDGET)
    history.add_assistant("I speak first")
    history.add_user("  ")
    assert held(history) == [] and not history.unanswered
    history.add_user("hello")
    history.add_user("")
    assert held(history) == [("user", "hello")] and history.unanswered


def test_old_turns_go_many_at_once_so_that_the_beginning_seldom_changes() -> None:
    history = History(SYSTEM, budget_tokens=1_000)
    beginnings = []
    for n in range(200):
        history.add_user(f"question {n:03}")
        history.add_assistant(f"an answer to {n:03}")
        beginnings.append(held(history)[0][1])
    changes = sum(first != second for first, second in pairwise(beginnings))
    assert 1 <= changes <= 200 / 15
    assert held(history)[-1] == ("assistant", "an answer to 199")


@given(turns, st.integers(0, 2_000))
def test_folding_makes_room_and_keeps_the_last_turn(
    said: list[tuple[str, str]], budget: int
) -> None:
    history = History(SYSTEM, budget)
    for role, text in said:
        (history.add_user if role == "user" else history.add_assistant)(text)
    before, messages = held(history), history.messages()
    assert history.fold() == (history.messages() != messages)
    assert held(history) == before[len(before) - len(held(history)) :]
    assert held(history)[-2:] == before[-2:] or len(before) % 2
    assert tokens(history) <= 0.5 * budget or len(held(history)) <= 2
    assert tokens(history) <= budget or history.messages()[0].content == SYSTEM
    assert history.messages()[0].content.startswith(SYSTEM)
    assert not history.fold(), "there is nothing left to fold until more is said"


@given(turns, texts, st.integers(0, 500))
def test_asking_tells_what_will_be(said: list[tuple[str, str]], text: str, budget: int) -> None:
    history = History(SYSTEM, budget)
    for role, words in said:
        (history.add_user if role == "user" else history.add_assistant)(words)
    before = history.messages()
    asked = history.asked(text)
    assert history.messages() == before
    history.add_user(text)
    assert history.messages() == asked


@given(st.lists(st.tuples(st.integers(1, 60), st.booleans()), max_size=60), st.integers(60, 800))
def test_whenever_it_is_folded_what_is_left_is_the_end_of_the_conversation(
    said: list[tuple[int, bool]], budget: int
) -> None:
    history = History(SYSTEM, budget)
    lines, messages = [], []
    for n, (length, idle) in enumerate(said):
        question, answer = f"q{n} " + "x" * length, f"a{n} " + "y" * length
        history.add_user(question)
        history.add_assistant(answer)
        if idle:
            history.fold()
        lines.append(f"- They: {question} You: {answer}")
        messages += [("user", question), ("assistant", answer)]
    first = len(messages) - len(held(history))
    assert held(history) == messages[first:]
    summary = history.messages()[0].content.splitlines()[3:]
    assert summary == lines[first // 2 - len(summary) : first // 2]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("word " * 16, "word " * 15 + "word"),
        ("word " * 17, "word " * 15 + "…"),
        ("please take 150 milligrams  \n of it", "please take 150 milligrams of it"),
        ("x" * 76 + " 150 milligrams", "x" * 76 + " …"),
        ("好" * 100, "好" * 78 + " …"),
    ],
    ids=["all", "part", "spaces", "number", "no spaces"],
)
def test_the_summary_keeps_whole_words(text: str, kept: str) -> None:
    history = History(SYSTEM, 2_000)
    history.add_user(text)
    history.add_assistant("yes")
    history.add_user("z" * 2_400)
    history.add_assistant("z")
    assert history.fold()
    assert history.messages()[0].content.splitlines()[3:] == [f"- They: {kept} You: yes"]


def test_what_was_folded_is_summed_up_and_the_summary_stays_short() -> None:
    history = History(SYSTEM, budget_tokens=1_000)
    for n in range(200):
        history.add_user(f"what is the answer to question {n:03}, " + "please, " * 20)
        history.add_assistant(f"It is {n:03}.")
        history.fold()
        assert tokens(history) <= 600
    prompt, *lines = history.messages()[0].content.splitlines()
    assert prompt == SYSTEM and lines[:2] == ["", "Earlier in this conversation:"]
    assert lines[2].startswith("- They: what is the answer to question ")
    assert lines[-1].endswith("You: It is 198.") or "You: It is 19" in lines[-1]
    assert len("\n".join(lines)) <= 0.2 * 1_000 * BYTES_PER_TOKEN + 40
    history.clear()
    assert history.messages()[0].content == SYSTEM


def test_words_that_are_longer_than_the_budget_are_kept_alone() -> None:
    history = History(SYSTEM, BUDGET)
    history.add_user("hello")
    history.add_assistant("hi")
    history.add_user("long " * 200)
    assert held(history) == [("user", "long " * 200)]


def test_a_conversation_can_be_forgotten() -> None:
    history = History(SYSTEM, BUDGET)
    history.add_user("hello")
    history.clear()
    assert held(history) == [] and not history.unanswered


@given(clauses, st.integers(0, 40_000), st.integers(0, 40_000))
def test_the_heard_part_is_whole_words_from_the_beginning(
    clauses: list[tuple[str, int]], heard: int, more: int
) -> None:
    text = "".join(clause for clause, _ in clauses)
    part = heard_part(clauses, heard)
    assert text.startswith(part)
    assert text.split()[: len(part.split())] == part.split()
    assert heard_part(clauses, heard + more).startswith(part)
    assert heard_part(clauses, sum(samples for _, samples in clauses)) == text


@pytest.mark.parametrize(
    ("heard", "part"),
    [
        (0, ""),
        (399, ""),  # "Hello" is five letters of sixteen
        (500, "Hello"),
        (1_399, "Hello there"),  # and not the whole of "Sir."
        (1_400, "Hello there Sir. "),
        (1_500, "Hello there Sir. "),
        (1_400 + 300, "Hello there Sir. One"),
        (1_400 + 701, "Hello there Sir. One two"),
        (2_600, "Hello there Sir. One two five"),
        (9_999, "Hello there Sir. One two five"),
    ],
)
def test_a_word_counts_when_its_last_letter_was_heard(heard: int, part: str) -> None:
    clauses = [("Hello there Sir. ", 1_400), ("One two five", 1_200)]
    assert heard_part(clauses, heard) == part


def test_what_has_no_sound_counts_with_what_was_heard_before_it() -> None:
    clauses = [("Look: ", 1_000), ("🙂 ", 0), ("Nice. ", 1_000), ("🙂", 0)]
    assert heard_part(clauses, 999) == ""
    assert heard_part(clauses, 1_000) == "Look: 🙂 "
    assert heard_part(clauses, 2_000) == "Look: 🙂 Nice. 🙂"


def test_a_clause_that_is_still_being_spoken_will_be_as_slow_as_the_ones_before() -> None:
    assert last_made_whole([("One two.", 800), ("Three four.", 300)], 65) == [
        ("One two.", 800),
        ("Three four.", 1_100),
    ]
    # White space takes no time.
    assert last_made_whole([("Yes. ", 400), ("Three. ", 300)], 65)[1] == ("Three. ", 600)
    assert last_made_whole([("Three four.", 300)], 65) == [("Three four.", 715)]
    assert last_made_whole([("Three four.", 3_000)], 65) == [("Three four.", 3_000)]
