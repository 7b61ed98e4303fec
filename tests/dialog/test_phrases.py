"""What words mean: properties that hold for any text, and a table in English."""

import random
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edgevoice
from edgevoice.dialog.phrases import Completeness, Overlap
from edgevoice.phrases_file import load_phrases

ENGLISH = load_phrases(Path(edgevoice.__file__).parent / "languages/en.yaml")
GRAMMAR = ENGLISH.grammar

OPEN, UNSURE, FOLLOW_UP = Completeness.OPEN, Completeness.UNSURE, Completeness.FOLLOW_UP
COMPLETE, SHORT = Completeness.COMPLETE, Completeness.SHORT

TABLE = {
    OPEN: """
        set a timer for
        set
        set an alarm for seven and
        what is the
        what is the capital of
        what's the weather in
        and then
        and
        um
        turn on the light and um
        turn on
        turn on the
        i want to
        i want
        i'd like
        i'd like to hear a story about
        i
        remind me to
        remind me
        can you
        could you please
        can you please tell me
        tell me
        tell me about my
        give me
        show me the
        my number is five five five
        it is oh one seven
        my number is 5 5 5
        one hundred and
        two plus
        what is seven times
        because
        i like it because
        if i
        if it rains tomorrow
        if i mix red and blue
        when i come home
        add milk and
        add milk bread and
        do you know what the
        is there a
        are there any good restaurants near
        the sun's
        what's
        where is my
        who is
        who wrote the
        how does a
        i think
        i think that the
        i was wondering
        let me
        let's
        play a song by
        what if
        put the milk in
        wake me up at
        i would rather
        it is very
        he is not as
        how many people are in
        i'm looking for
        mixing blue and yellow makes
        are you open on
        wake me at half past
        what is the name of your
        would you like a cup of
        how many legs does a dog
        how long does the
        how long have
        how long should i keep
        when should i take
        where does
        i come from
        who is it from and
        does it
        did that
        do you
        he is up to
        put on
        the box on
        drill a
        give it
        if the power is out
        when june is over
        when i turn it off
        send me the
        what in the
        sand the
        let the cat
        does the cat
        a lot of
    """,
    UNSURE: """
        please
        france
        the kitchen
        the biggest
        what is the biggest
        what is the opposite
        set a timer
        put the milk
        put the milk and the butter
        a group of wolves is called
        turn the light
        twenty
        set a timer for ten
        count from five
        what is thirty
        how many legs
        which planet
        is the light
        a joke
        maria
        play
        call
        what do you think about
        put the kettle on
        bring it
        what for
        the oven is on
        what's up
        what's on
        lights on
        are you recording
        the pasta is boiling
        how long should the eggs boil
        can you boil
        hand me
        remind me to call
    """,
    FOLLOW_UP: """
        and in france
        and tomorrow
        or a spider
        and a hundred
    """,
    COMPLETE: """
        what time is it
        what's the time
        set a timer for ten minutes
        set an alarm for seven in the morning
        turn the light on
        turn on the light
        turn it off
        turn off all the lights in the house
        what are you waiting for
        where are you from
        what is it like
        what's the weather like
        what is the capital of france
        which country is oslo in
        which country does oslo lie in
        how many legs does a spider have
        what does a panda eat
        what do you call a baby dog
        is the door open
        what color does snow have
        who can sing
        is the fan in the hall on
        how do i get to the station
        is it going to rain tomorrow
        tell me a joke
        tell me a joke please
        a joke please
        could you tell me what time it is
        do you know who wrote the bible
        remind me to call my mother
        remind me to water the plants on monday
        wake me up at seven o'clock
        play some music
        i'm hungry
        i have a question
        my name is martin
        i live in berlin
        it is cold in here
        what is five plus nine
        what is 2+2
        what is 12 divided by 4
        set an alarm for 7:30
        set a timer for 10 minutes
        two and two is what
        seven times six
        add milk and bread to my list
        put the milk in the fridge
        mix blue and yellow
        let's play a game
        let me hear a story
        i want to hear a story about a dragon
        i don't know what you mean
        if it rains tomorrow take an umbrella
        if i mix blue and yellow what do i get
        who are you
        how old are you
        why is the sky blue
        say that again
        what did you say
        how much is fifty minus eight
        count from five to nine
        is eleven odd or even
        is a whale a mammal
        are penguins able to fly
        can you help me
        what can i cook with eggs and spinach
        what are you looking at
        how long does it take
        how long will it take
        how long do we have
        where do you come from
        where does the word come from
        what does honey come from
        i come from spain
        the power is out
        is the game over
        is he back
        we are back
        lights off
        kitchen lights off please
        lights on please
        let the dog out
        can you let me out please
        bring it here
        can you bring it over
        send them home
        send me the report
        do it again
        can you do that
        i want to do this now
        do that please
        put the kettle on please
        drill a hole
        hand me the pliers
        scrub the floor
        sign me up
        hang the washing out
        what should i wear
        which shoes should i wear
        dad the phone is ringing
        come in please
        do it
        how do i do that
        find me a restaurant in town
        give me another one
        what about germany
        so what's the capital of peru
        um what time is it
        where did i put my glasses
    """,
    SHORT: """
        yes
        no
        stop
        thanks
        hello
        okay
        yes please
        no thanks
        thank you very much
        good morning
        never mind
        wait
        hello there
        that's right
        um yes
        stop please
        bye bye
    """,
}
ROWS = [(words.strip(), want) for want, rows in TABLE.items() for words in rows.strip().split("\n")]

texts = st.text(max_size=80) | st.lists(
    st.sampled_from(
        [word for words, _ in ROWS for word in words.split()]
        + ["'s", "'", "5", "5:30", "don't", "…"]
    ),
    max_size=14,
).map(" ".join)


def disguised(words: str, seed: int) -> str:
    """`words` in other case, with other white space, and with punctuation between them."""
    rng = random.Random(seed)
    cased = [rng.choice((word, word.upper(), word.capitalize())) for word in words.split()]
    marks = (" ", "  ", ", ", ". ", "\n", "… ", " – ", "? ")
    return "".join(word + rng.choice(marks) for word in cased)


@pytest.mark.parametrize(("words", "want"), ROWS)
def test_a_sentence_in_english(words: str, want: Completeness) -> None:
    assert ENGLISH.completeness(words) is want


@given(texts)
def test_any_text_has_an_answer(text: str) -> None:
    ENGLISH.completeness(text)
    ENGLISH.overlap(text)
    ENGLISH.says_sleep(text)
    ENGLISH.says_wake(text)


@given(st.sampled_from(ROWS), st.integers(0, 10_000))
def test_case_punctuation_and_white_space_do_not_matter(
    row: tuple[str, Completeness], seed: int
) -> None:
    assert ENGLISH.completeness(disguised(row[0], seed)) is row[1]


@given(
    texts,
    st.sampled_from(
        sorted({*GRAMMAR.articles, *GRAMMAR.owners, *GRAMMAR.joiners, *ENGLISH.fillers, "because"})
    ),
)
def test_no_sentence_ends_with_such_a_word(text: str, ending: str) -> None:
    assert ENGLISH.completeness(f"{text} {ending}") is OPEN


@given(st.sampled_from([words for words, want in ROWS if want is COMPLETE]))
def test_what_is_complete_begins_with_something_that_is_not(words: str) -> None:
    parts = words.split()
    beginnings = {ENGLISH.completeness(" ".join(parts[:n])) for n in range(1, len(parts))}
    assert beginnings - {COMPLETE}


def test_it_takes_no_time() -> None:
    best = min(_seconds_for_all() for _ in range(5))
    assert best / len(ROWS) < 0.2e-3


def _seconds_for_all() -> float:
    began = time.process_time()
    for words, _ in ROWS:
        ENGLISH.completeness(words)
    return time.process_time() - began


@given(st.lists(st.sampled_from(ENGLISH.backchannels), min_size=1, max_size=4))
def test_backchannels_together_are_one(said: list[str]) -> None:
    # Two of them may make a command of another list: none does today.
    assert ENGLISH.overlap(" ".join(said)) is Overlap.BACKCHANNEL


@given(texts, st.sampled_from(ENGLISH.commands), st.integers(0, 10_000))
def test_a_command_is_heard_first(text: str, command: str, seed: int) -> None:
    assert ENGLISH.overlap(disguised(command, seed)) is Overlap.COMMAND
    assert ENGLISH.overlap(f"{command} xyz {text}") is Overlap.COMMAND


@pytest.mark.parametrize(
    ("words", "want"),
    [
        ("", Overlap.NOTHING),
        (" … ", Overlap.NOTHING),
        ("Mhm.", Overlap.BACKCHANNEL),
        ("uh huh", Overlap.BACKCHANNEL),
        ("yeah yeah right", Overlap.BACKCHANNEL),
        ("okay I see", Overlap.BACKCHANNEL),
        ("No problem!", Overlap.BACKCHANNEL),
        ("no worries", Overlap.BACKCHANNEL),
        ("um", Overlap.BACKCHANNEL),
        ("go on", Overlap.BACKCHANNEL),
        ("yes please go on", Overlap.BACKCHANNEL),
        ("continue", Overlap.BACKCHANNEL),
        ("that's amazing", Overlap.BACKCHANNEL),
        ("oh no", Overlap.BACKCHANNEL),
        ("oh no stop", Overlap.COMMAND),
        ("no", Overlap.COMMAND),
        ("Stop.", Overlap.COMMAND),
        ("please stop", Overlap.COMMAND),
        ("okay wait", Overlap.COMMAND),
        ("yeah hold on", Overlap.COMMAND),
        ("no not that one", Overlap.COMMAND),
        ("shut up", Overlap.COMMAND),
        ("what about france", Overlap.OTHER),
        ("i know him", Overlap.OTHER),
        ("right but why", Overlap.OTHER),
        ("computer", Overlap.COMMAND),
        ("why", Overlap.OTHER),
        ("louder", Overlap.OTHER),
        ("elephants", Overlap.NOTHING),
    ],
)
def test_words_over_our_reply(words: str, want: Overlap) -> None:
    assert ENGLISH.overlap(words) is want


@pytest.mark.parametrize(
    ("words", "sleep", "wake"),
    [
        ("Go to sleep.", True, False),
        ("okay computer go to sleep now please", True, False),
        ("stop listening", True, False),
        ("good night", True, False),
        ("wake up", False, True),
        ("Hey assistant, are you there?", False, True),
        ("wake me up", False, False),
        ("i want to go to sleep early", False, False),
        ("stop listening to jazz", False, False),
        ("computer", False, False),
        ("", False, False),
    ],
)
def test_going_to_sleep_and_waking_up(words: str, sleep: bool, wake: bool) -> None:
    assert ENGLISH.says_sleep(words) is sleep
    assert ENGLISH.says_wake(words) is wake


def test_another_language_is_another_file() -> None:
    other = replace(ENGLISH, answers=("jawohl",), commands=("halt",), backchannels=("genau",))
    assert other.completeness("Jawohl!") is SHORT
    assert other.overlap("genau genau") is Overlap.BACKCHANNEL
    assert other.overlap("genau halt") is Overlap.COMMAND
    assert other.overlap("mhm yeah") is Overlap.OTHER


@pytest.mark.parametrize(
    ("words", "decision"),
    [
        ("Yes.", True),
        ("Um, yeah, go ahead please!", True),
        ("sure, do it", True),
        ("yes, that's right", True),
        ("of course", True),
        ("No!", False),
        ("no, don't do it", False),
        ("cancel that please", False),
        ("not now", False),
        ("absolutely not", False),
        ("", None),
        ("um", None),
        ("please", None),
        ("yes but not now", None),
        ("yes no", None),
        ("don't stop, yes", None),
        ("what would that do", None),
        ("yes and set a timer", None),
        ("not yes", None),
    ],
)
def test_what_allows_a_thing_and_what_forbids_it(words: str, decision: bool | None) -> None:
    assert ENGLISH.decision(words) is decision


@given(st.sampled_from(ENGLISH.yes), st.sampled_from(ENGLISH.no))
def test_a_yes_is_a_yes_a_no_is_a_no_and_both_are_neither(yes: str, no: str) -> None:
    assert ENGLISH.decision(yes) is True
    assert ENGLISH.decision(no) is False
    assert ENGLISH.decision(f"{yes}, zebra") is None
    assert ENGLISH.decision(f"{no}, zebra {yes}") is None
