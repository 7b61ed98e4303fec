"""The file of a language: the one we ship, and what is said about one that cannot be used."""

from collections.abc import Callable
from pathlib import Path

import pytest

import edgevoice
from edgevoice.errors import ConfigError
from edgevoice.phrases_file import load_claims, load_phrases, load_wishes

ENGLISH = Path(edgevoice.__file__).parent / "languages/en.yaml"


def test_what_yaml_calls_booleans_are_words() -> None:
    phrases = load_phrases(ENGLISH)
    assert {"yes", "no"} <= set(phrases.answers)
    assert {"off"} <= set(phrases.grammar.particles)
    assert {"on"} <= set(phrases.grammar.switches)


def test_a_copy_that_a_person_changed_is_what_counts(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(ENGLISH.read_text().replace("mhm,", "ja ja,"))
    assert "ja ja" in load_phrases(mine).backchannels


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("backchannels: [", "backchanels: [", "backchannels is missing"),
        ("\nwake: [", "\nwake: []\nwaken: [", "wake is empty"),
        ("\nwake: [", "\nwaken: []\nwake: [", "waken is not a list of phrases"),
        ("  owners: [my,", "  owners: [[],", "grammar.owners.0 is not a word"),
        ("  owners: [my,", "  owners: ['',", "grammar.owners.0 is empty"),
        ("  articles: [", "  articls: []\n  articles: [", "grammar.articls is not a list"),
        ("\nwake: [", "\nwake: up\nbut: [", "wake is not a list"),
        ('  possessive: "\'s"', "  possessive: []", "grammar.possessive is not a word"),
        ("grammar:\n", "grammar: none\nother:\n", "grammar is not a tree of lists"),
        ("backchannels: [", "backchannels: ]", "line "),
        ("backchannels: [", "backchannels: !!int x\nbut: [", "backchannels is not a list"),
    ],
)
def test_what_is_wrong_is_one_line_with_file_key_and_cure(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    text = ENGLISH.read_text()
    assert old in text
    mine = tmp_path / "mine.yaml"
    mine.write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigError) as caught:
        load_phrases(mine)
    assert said in caught.value.what
    assert str(mine) in caught.value.what
    assert "\n" not in str(caught.value)
    assert caught.value.cure.endswith(".")


@pytest.mark.parametrize("content", ["", "- a", "words", "[" * 5_000])
def test_no_tree_at_all(tmp_path: Path, content: str) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(content)
    with pytest.raises(ConfigError):
        load_phrases(mine)


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_phrases(tmp_path / "none.yaml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_phrases(tmp_path)
    (tmp_path / "sound.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_phrases(tmp_path / "sound.yaml")


@pytest.mark.parametrize(
    ("load", "setting"),
    [(load_claims, "reply.claims_file"), (load_wishes, "tools.wishes_file")],
)
def test_a_missing_list_names_the_setting_that_names_it(
    load: Callable[[Path], object], setting: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=f"Check the path under `{setting}`"):
        load(tmp_path / "none.yaml")


def test_a_tool_without_any_word_is_a_slip(tmp_path: Path) -> None:
    file = tmp_path / "wishes.yaml"
    file.write_text("cues: {set_timer: []}\ncopied: [text]\nsmall: [a]\n")
    with pytest.raises(ConfigError, match=r"cues\.set_timer is empty"):
        load_wishes(file)
