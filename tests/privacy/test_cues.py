"""The file of cues: the one we ship, and what is said about one that cannot be used."""

from pathlib import Path

import pytest

from edgevoice.errors import ConfigError
from edgevoice.privacy.cues import LANGUAGES, load_cues
from edgevoice.privacy.redaction import redact

SHIPPED = LANGUAGES / "en-privacy.yaml"
PHRASES = LANGUAGES / "en.yaml"


def test_a_copy_that_a_person_changed_is_what_counts(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(SHIPPED.read_text().replace("mrn_cues: [", "mrn_cues: [ledger,"))
    cues = load_cues(mine, PHRASES)
    assert redact("ledger nine nine one two", cues).text == "ledger [mrn]"
    assert redact("ledger nine nine one two").text == "ledger nine nine one two"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("links: [", "lynx: [", "links is missing"),
        ("links: [", "lynx: [a]\nlinks: [", "lynx is not a list of cues"),
        ("plus: [plus]", "plus: []", "plus is not a list of words"),
        ("plus: [plus]", "plus: plus", "plus is not a list of words"),
        ("plus: [plus]", "plus: ['...']", "plus is not a list of words"),
        ("digits: [zero,", "digits: [", "digits has not 10 words"),
        ("plus: [plus]", "plus: ]", "is not YAML"),
    ],
)
def test_one_line_says_what_is_wrong(tmp_path: Path, old: str, new: str, said: str) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(SHIPPED.read_text().replace(old, new, 1))
    with pytest.raises(ConfigError) as error:
        load_cues(mine, PHRASES)
    assert said in str(error.value) and "\n" not in str(error.value)


def test_no_file_and_no_tree(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_cues(tmp_path / "none.yaml", PHRASES)
    (tmp_path / "words.yaml").write_text("- a\n- b\n")
    with pytest.raises(ConfigError, match="is not a tree of lists"):
        load_cues(tmp_path / "words.yaml", PHRASES)
