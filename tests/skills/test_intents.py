"""Requests that need no language model."""

import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from hassil.expression import Sentence
from hassil.sample import sample_sentence
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.bench.skills.judge import right
from edgevoice.bench.skills.phrasings import ASKED, DANGEROUS, IMPOSSIBLE, RESEMBLING
from edgevoice.bench.skills.requests import Draw, Kind, labelled
from edgevoice.config import HOME
from edgevoice.dialog.calls import ToolCall
from edgevoice.errors import ConfigError
from edgevoice.skills.intents import Intents, load_intents
from edgevoice.skills.intents_file import load_grammar
from tests.skills import drawn_phrasings as drawn
from tests.skills.drawn_values import SLOTS

FILE = HOME / "edgevoice/languages/en-intents.yaml"
INTENTS = load_intents(FILE)

ARGUMENTS = {
    "current_time": "",
    "current_date": "",
    "set_timer": "seconds label",
    "cancel_timer": "label",
    "timer_status": "label",
    "set_alarm": "time day",
    "cancel_alarm": "time",
    "list_alarms": "",
    "set_reminder": "text seconds time day",
    "list_reminders": "",
    "cancel_reminder": "text",
    "set_volume": "level",
    "change_volume": "direction",
    "calculate": "expression",
    "convert": "value from_unit to_unit",
    "device_status": "",
    "repeat": "",
    "stop": "",
    "mute": "",
    "sleep": "",
    "forget": "",
    "call_person": "name message",
    "add_to_list": "item list",
    "read_list": "list",
    "remove_from_list": "item list",
    "clear_list": "list",
    "add_note": "text",
    "read_notes": "",
    "remember_fact": "text",
    "recall_facts": "about",
    "forget_facts": "about",
    "search_documents": "query",
}
"""What the built-in tools can be told."""

EXAMPLES = {
    "duration": "five minutes",
    "clock": "six thirty",
    "moment": "six thirty",
    "when": "in five minutes",
    "number": "seven",
    "percent": "fifty percent",
    "sum": "two plus three",
    "quantity": "five miles",
    "timed": "five minute",
    "errand": "feed the fish",
    "dated": "the fish in five minutes",
    "mine": "my uncle",
    "own_fact": "my uncle is tall",
    "noted": "fish is good",
    "person": "robert",
}


@pytest.mark.parametrize(
    ("said", "name", "arguments"),
    [
        ("What time is it?", "current_time", {}),
        ("set a timer for an hour and a half", "set_timer", {"seconds": 5400}),
        ("a ten minute pasta timer", "set_timer", {"seconds": 600, "label": "pasta"}),
        ("wake me at quarter to eight", "set_alarm", {"time": "7:45 am/pm"}),
        (
            "Set an alarm for half past seven in the evening on Friday.",
            "set_alarm",
            {"time": "19:30", "day": "friday"},
        ),
        (
            "remind me in ten minutes to call mum",
            "set_reminder",
            {"seconds": 600, "text": "call mum"},
        ),
        (
            "remind me to call mum tomorrow at 7:30 pm",
            "set_reminder",
            {"text": "call mum", "time": "19:30", "day": "tomorrow"},
        ),
        ("set the volume to 30%", "set_volume", {"level": 30}),
        ("louder", "change_volume", {"direction": "up"}),
        ("what's 17 times 23?", "calculate", {"expression": "17 * 23"}),
        (
            "how many feet are in two and a half miles",
            "convert",
            {"value": 2.5, "from_unit": "mile", "to_unit": "foot"},
        ),
        ("put two lemons on the list", "add_to_list", {"item": "two lemons"}),
        ("what is on my to do list", "read_list", {"list": "to do"}),
        ("empty the shopping list", "clear_list", {}),
        (
            "call anna and tell her that dinner is ready",
            "call_person",
            {"name": "anna", "message": "dinner is ready"},
        ),
        ("I want to talk to a real person", "call_person", {}),
        (
            "remember that my sister lives in oslo",
            "remember_fact",
            {"text": "my sister lives in oslo"},
        ),
    ],
)
def test_what_is_meant(said: str, name: str, arguments: dict[str, object]) -> None:
    assert INTENTS.recognise(said) == ToolCall(name, arguments)


@pytest.mark.parametrize(
    "said",
    [
        "Um, could you please set a, uh, timer for five minutes for me?",
        "hey can you set a timer for 5 minutes please thank you",
        "OKAY SO SET A TIMER FOR FIVE MINUTES",
        "set a timer for five minutes now",
        "  set a timer — for five minutes!  ",
    ],
)
def test_padding_case_and_marks_do_not_matter(said: str) -> None:
    assert INTENTS.recognise(said) == ToolCall("set_timer", {"seconds": 300})


@pytest.mark.parametrize(
    "said",
    [
        "",
        "...",
        "set",
        "set a timer",
        "set a timer for five apples",
        "set a timer for one minute and two hours",
        "what is a timer",
        "how long is a marathon",
        "what time does the train leave",
        "tell me about alarms",
        "tell me what the time is in tokyo",
        "call me later",
        "call it a day",
        "five",
        "twenty percent",
        "set the volume to two hundred percent",
        "remind me to water the plants every friday",
        "remind me to buy a cake on the seventh",
        "what do you know about dinosaurs",
        "remember the titans",
        "how many days are in a week",
        "convert five miles to apples",
        "i need a recipe with what is on my shopping list",
        "add it to the list",
        "please",
        "word " * 1000,
    ],
)
def test_what_is_left_to_the_model(said: str) -> None:
    assert INTENTS.recognise(said) is None


DRAWN = labelled(
    Draw(drawn.ASKED, drawn.DANGEROUS, drawn.ANSWERS, drawn.IMPOSSIBLE, drawn.RESEMBLING, SLOTS)
)


@pytest.mark.parametrize("asked", [a for a in DRAWN if a.call is None], ids=lambda a: a.words)
def test_no_call_where_no_tool_fits(asked: object) -> None:
    assert INTENTS.recognise(asked.words) is None  # type: ignore[attr-defined]


def test_phrasings_of_other_people_are_right_or_left_to_the_model() -> None:
    calls = [(asked, INTENTS.recognise(asked.words)) for asked in DRAWN if asked.call]
    wrong = [asked.words for asked, call in calls if call and not right(asked.call, call)]
    missed = [asked.words for asked, call in calls if call is None]
    assert not wrong
    assert len(missed) <= 3, missed


def test_the_benchmark_holds_its_phrasings_out() -> None:
    """It measures nothing if what is measured was used to write the sentences."""

    def phrases(tools: dict[str, tuple[tuple[str, object], ...]]) -> set[str]:
        return {phrase for each in tools.values() for phrase, _ in each}

    used = phrases(drawn.ASKED) | phrases(drawn.DANGEROUS)  # type: ignore[arg-type]
    held_out = phrases(ASKED) | phrases(DANGEROUS)  # type: ignore[arg-type]
    assert not used & held_out
    assert not {*drawn.IMPOSSIBLE, *drawn.RESEMBLING} & {*IMPOSSIBLE, *RESEMBLING}
    written = FILE.read_text()
    assert not [phrase for phrase in held_out if f"- {phrase}\n" in written]


def test_the_benchmark_is_large_and_has_every_tool() -> None:
    requests = labelled()
    assert len(requests) >= 300
    assert {asked.call.name for asked in requests if asked.call} == set(ARGUMENTS)
    assert {asked.kind for asked in requests} == set(Kind)
    assert requests == labelled()


def _sentences() -> Iterator[tuple[str, int, int]]:
    for name, intent in load_grammar(FILE).templates.intents.items():
        for n, data in enumerate(intent.data):
            for m, _ in enumerate(data.sentences):
                yield name, n, m


def test_every_tool_has_sentences_and_every_slot_is_one_of_its_arguments() -> None:
    grammar = load_grammar(FILE)
    assert set(grammar.templates.intents) == set(ARGUMENTS)
    for name, intent in grammar.templates.intents.items():
        for data in intent.data:
            assert set(data.slots) <= set(ARGUMENTS[name].split())


@pytest.mark.parametrize(("name", "n", "m"), list(_sentences()))
def test_every_sentence_means_its_own_tool(name: str, n: int, m: int) -> None:
    templates = load_grammar(FILE).templates
    data = templates.intents[name].data[n]
    sentence: Sentence = data.sentences[m]
    lists = {**templates.slot_lists, **data.slot_lists}
    for skip in (True, False):
        sampled = sample_sentence(
            sentence, lists, templates.expansion_rules, skip_optionals=skip, language="en"
        )
        for said in islice(sampled, 3):
            for kind in templates.slot_lists:
                said = said.replace(f"{{{kind}}}", EXAMPLES.get(kind, "fish"))
            call = INTENTS.recognise(said)
            assert call is not None, said
            assert call.name == name, said
            assert set(call.arguments) <= set(ARGUMENTS[name].split())


WORDS = (
    "set a timer for five minutes and half an hour to my the list add remind me in call what is "
    "plus ten tomorrow at on percent of volume up"
).split()


@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_any_words_give_a_call_that_a_tool_could_take_or_none(words: list[str]) -> None:
    call = INTENTS.recognise(" ".join(words))
    assert call is None or set(call.arguments) <= set(ARGUMENTS[call.name].split())


def test_tools_that_there_are_not_are_not_meant() -> None:
    some = Intents(load_grammar(FILE), ["current_time"])
    assert some.recognise("what time is it") is not None
    assert some.recognise("set a timer for five minutes") is None


def test_it_looks_once_at_the_same_words_until_it_forgets() -> None:
    intents = Intents(load_grammar(FILE))
    first = intents.recognise("What time is it?")
    assert intents.recognise("what time is it") is first
    intents.forget()
    again = intents.recognise("what time is it")
    assert again == first
    assert again is not first


def test_any_thread_may_ask() -> None:
    intents = Intents(load_grammar(FILE))
    found: list[ToolCall | None] = []

    def ask(minutes: int) -> None:
        found.append(intents.recognise(f"set a timer for {minutes} minutes"))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = sorted(call.arguments["seconds"] for call in found if call)
    assert seconds == [60 * n for n in range(1, 9)]


SMALL = """\
language: en
lists:
  pet:
    values: [cat, dog]
  room: {wildcard: true, most_words: 2, drops: [the], never_has: [no]}
  level: {range: {from: 1, to: 10}}
expansion_rules:
  feed: (feed|give food to)
intents:
  feed_pet:
    data:
      - sentences: ["<feed> [the] {pet}"]
        slots: {grams: 100, warm: true}
  paint:
    data:
      - sentences: ["paint {room} in {color} {level}"]
        lists:
          color:
            values:
              - {in: "(red|crimson)", out: red}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "intents.yaml"
    path.write_text(text)
    return path


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    intents = load_intents(written(tmp_path, SMALL))
    fed = intents.recognise("please give food to the cat")
    assert fed is None, "nobody said that please is padding"
    fed = intents.recognise("Give food to the cat!")
    assert fed == ToolCall("feed_pet", {"pet": "cat", "grams": 100, "warm": True})
    painted = intents.recognise("paint the dining room in crimson seven")
    assert painted == ToolCall("paint", {"room": "dining room", "color": "red", "level": 7})
    assert intents.recognise("paint no room in red 3") is None
    assert intents.recognise("paint the very large room in red 3") is None


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("<feed> [the]", "<feed> [the", 12, "intents.feed_pet.data.0.sentences.0 cannot be read"),
        ("{pet}", "{pets}", 12, "names a list {pets}"),
        ("<feed>", "<fed>", 12, "names a rule <fed>"),
        ("(feed|give food to)", "feed [<feed>]", 8, "expansion_rules.feed has <feed> in itself"),
        ("values: [cat, dog]", "value: [cat, dog]", 4, "lists.pet.value is not known"),
        ("values: [cat, dog]", "wildcard: false", 3, "lists.pet is not a list of words"),
        ("from: 1, to: 10", "from: 10, to: 1", 6, "lists.level ends before it begins"),
        ("most_words: 2", "most_words: many", 5, "lists.room.most_words is not what it should be"),
        (
            "data:\n      - sentences",
            "dates:\n      - sentences",
            10,
            "intents.feed_pet.data is missing",
        ),
        ("language: en\n", "", 0, "language is missing"),
        ('{in: "(red|crimson)", out: red}', '{in: "(red|crimson", out: red}', 20, "cannot be read"),
    ],
)
def test_mistakes_are_told_with_line_and_cure(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    assert old in SMALL
    path = written(tmp_path, SMALL.replace(old, new, 1))
    with pytest.raises(ConfigError) as caught:
        load_intents(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert said in text
    assert f"line {line}: " in text or not line
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "- a", "intents: {", "a: &a [*a]", "language: en\nintents: {}"]
)
def test_what_is_no_file_of_intents(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError):
        load_intents(written(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"intents\.file"):
        load_intents(tmp_path / "none.yaml")
