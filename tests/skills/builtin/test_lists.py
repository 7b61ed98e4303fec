"""Lists and notes are kept where that is allowed, and nowhere else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.errors import OutputError
from edgevoice.skills.builtin.lists import (
    DOCUMENT,
    LONGEST_ENTRY,
    LONGEST_NAME,
    MOST_ENTRIES,
    MOST_LISTS,
    list_tools,
)
from edgevoice.skills.storage import Storage
from edgevoice.skills.tool import Effect, ToolFailedError
from tests.skills.builtin.using import Bench, Kept

KEY = bytes(range(32))


@pytest.fixture
def use(tmp_path: Path) -> Bench:
    return Bench(list_tools(Storage(tmp_path / "storage", KEY)))


def test_a_shopping_list(use: Bench) -> None:
    assert use.say("read_list") == "There is nothing on your shopping list."
    assert use.say("add_to_list", item="milk") == "I have put milk on your shopping list."
    assert use.say("read_list") == "On your shopping list: milk."
    use.say("add_to_list", item="eggs, bread and some butter.")
    assert use.say("read_list", list="my Shopping list") == (
        "On your shopping list, 4 things: milk, eggs, bread and some butter."
    )
    assert use.say("remove_from_list", item="the Butter") == (
        "I have taken some butter off your shopping list."
    )
    assert use.say("read_list", list="groceries") == "On your shopping list: milk, eggs and bread."


def test_nothing_stands_there_twice(use: Bench) -> None:
    use.say("add_to_list", item="milk")
    assert use.say("add_to_list", item="Milk") == "Milk is on your shopping list already."
    assert use.say("add_to_list", item="milk, tea") == "I have put tea on your shopping list."
    assert use.say("add_to_list", item="tea, milk") == (
        "Tea and milk are on your shopping list already."
    )
    assert use.say("add_to_list", item="oat milk") == "I have put oat milk on your shopping list."


def test_takes_off_only_what_is_meant(use: Bench) -> None:
    use.say("add_to_list", item="red apples, green apples, milk")
    with pytest.raises(ToolFailedError, match="cannot find that on your shopping list"):
        use.say("remove_from_list", item="apples")
    with pytest.raises(ToolFailedError, match="cannot find that on your garden list"):
        use.say("remove_from_list", item="milk", list="garden")
    with pytest.raises(ToolFailedError, match="cannot find"):
        use.say("remove_from_list", item="the")
    assert "green apples" in use.say("remove_from_list", item="green")
    assert use.say("read_list") == "On your shopping list: red apples and milk."


def test_lists_do_not_mix(use: Bench) -> None:
    use.say("add_to_list", item="nails", list="hardware")
    assert use.say("read_list") == "There is nothing on your shopping list."
    assert use.say("clear_list") == "There is nothing on your shopping list any more."
    assert use.say("read_list", list="the hardware list") == "On your hardware list: nails."
    use.say("clear_list", list="hardware")
    assert use.say("read_list", list="hardware") == "There is nothing on your hardware list."


def test_notes(use: Bench) -> None:
    assert use.say("read_notes") == "You have no notes."
    assert use.say("add_note", text="the key is under the mat") == "I have written that down."
    assert use.say("read_notes") == "You have one note. The key is under the mat."
    use.say("add_note", text="Is Ben's birthday in May?")
    assert use.say("read_notes") == (
        "You have 2 notes. The key is under the mat. Is Ben's birthday in May?"
    )
    use.say("remove_from_list", item="birthday", list="notes")
    assert use.say("read_list", list="my notes") == "You have one note. The key is under the mat."


def test_what_acts_and_what_asks() -> None:
    tools = Bench(list_tools(None)).tools
    assert {name for name, tool in tools.items() if tool.effect is Effect.NONE} == {
        "read_list",
        "read_notes",
    }
    assert tools["clear_list"].effect is Effect.DANGEROUS
    assert tools["clear_list"].question.format(list="shopping") == (
        "Shall I really take everything off your shopping list?"
    )


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("add_to_list", {"item": "milk"}),
        ("read_list", {}),
        ("remove_from_list", {"item": "milk"}),
        ("clear_list", {}),
        ("add_note", {"text": "milk"}),
        ("read_notes", {}),
    ],
)
def test_without_storage_it_says_so(name: str, arguments: dict[str, str]) -> None:
    with pytest.raises(ToolFailedError, match=r"not allowed to keep lists.*switch on storage"):
        Bench(list_tools(None))(name, **arguments)


def test_it_outlives_us_and_is_sealed(tmp_path: Path) -> None:
    Bench(list_tools(Storage(tmp_path, KEY))).say("add_to_list", item="milk")
    again = Bench(list_tools(Storage(tmp_path, KEY)))
    assert again.say("read_list") == "On your shopping list: milk."
    assert not any(b"milk" in file.read_bytes() for file in tmp_path.iterdir())


def test_everything_has_an_end() -> None:
    storage = Kept()
    use = Bench(list_tools(storage))
    for n in range(MOST_LISTS):
        use.say("add_to_list", item="one", list=f"number {n}")
    with pytest.raises(ToolFailedError, match="too many lists"):
        use.say("add_to_list", item="one", list="number too many")
    storage.documents[DOCUMENT] = {"shopping": [f"item {n}" for n in range(MOST_ENTRIES)]}
    with pytest.raises(ToolFailedError, match="too much on your shopping list"):
        use.say("add_to_list", item="one more")
    with pytest.raises(ToolFailedError, match="too long to write"):
        use.say("add_note", text="x" * (LONGEST_ENTRY + 1))
    with pytest.raises(ToolFailedError, match="too long a name"):
        use.say("read_list", list="x" * (LONGEST_NAME + 1))
    with pytest.raises(ToolFailedError, match="not understood"):
        use.say("add_to_list", item=" , ")


def test_a_disk_that_refuses_is_told() -> None:
    storage = Kept()
    use = Bench(list_tools(storage))
    storage.error = OutputError("the disk is full", "Make room.")
    with pytest.raises(ToolFailedError, match="cannot read my lists"):
        use.say("read_list")
    storage.error = None
    use.say("add_to_list", item="milk")
    storage.full = True
    with pytest.raises(ToolFailedError, match="could not write"):
        use.say("add_to_list", item="tea")
    assert use.say("read_list") == "On your shopping list: milk."


@pytest.mark.parametrize("document", [None, [], "x", {"shopping": "milk"}, {"shopping": [1, {}]}])
def test_what_it_does_not_know_is_empty(document: object) -> None:
    storage = Kept()
    storage.documents[DOCUMENT] = document
    use = Bench(list_tools(storage))
    assert use.say("read_list") == "There is nothing on your shopping list."


@given(st.lists(st.text(min_size=1, max_size=20), max_size=12), st.text(max_size=30))
def test_any_words_do_no_harm(items: list[str], name: str) -> None:
    storage = Kept()
    use = Bench(list_tools(storage))
    for item in items:
        try:
            use.say("add_to_list", item=item, list=name)
        except ToolFailedError:
            continue
    for entries in storage.documents.get(DOCUMENT, {}).values():
        for entry in list(entries):
            use.say("remove_from_list", item=entry, list=name)
    assert use.say("read_list", list=name).startswith(("There is nothing", "You have no"))
