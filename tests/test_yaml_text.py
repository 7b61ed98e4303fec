"""YAML that stands for more than it seems, and text without end: soon refused."""

from pathlib import Path

import pytest
import yaml

from edgevoice.config import load_config
from edgevoice.errors import ConfigError, EdgevoiceError
from edgevoice.modelstore.manifest import load_manifest
from edgevoice.phrases_file import load_phrases
from edgevoice.privacy.cues import load_cues
from edgevoice.yaml_text import LONGEST_BYTES, MOST_VALUES, TooMuchError, load, read_text


def laughs(first: str, level: str) -> str:
    """Forty lines, each of which names the one before it nine times."""
    lines = [f"x0: &x0 {first}"]
    for number in range(1, 40):
        every = ", ".join([f"*x{number - 1}"] * 9)
        lines.append(f"x{number}: &x{number} {level.format(every)}")
    return "\n".join(lines)


LISTS, MERGES = laughs("[ha]", "[{}]"), laughs("{a: 1}", "{{<<: [{}]}}")


@pytest.mark.parametrize("text", [LISTS, MERGES])
@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.BaseLoader])
def test_what_stands_for_too_much_is_never_made(
    text: str, loader: type[yaml.SafeLoader] | type[yaml.BaseLoader]
) -> None:
    with pytest.raises(TooMuchError):
        load(text, loader)


def test_as_much_as_is_allowed_is_read() -> None:
    assert len(load(f"[{'1,' * (MOST_VALUES - 1)}]")) == MOST_VALUES - 1
    with pytest.raises(TooMuchError):
        load(f"[{'1,' * MOST_VALUES}]")


def test_names_for_what_was_said_before_may_be_used() -> None:
    assert load("a: &a {x: 1}\nb: {<<: *a, y: 2}") == {"a": {"x": 1}, "b": {"x": 1, "y": 2}}
    inside = load("&a [*a]")
    assert inside[0] is inside
    assert load("") is None


def test_a_text_that_is_too_long_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    path.write_bytes(b"#" * LONGEST_BYTES)
    assert len(read_text(path)) == LONGEST_BYTES
    path.write_bytes(b"#" * (LONGEST_BYTES + 1))
    for endless in (path, Path("/dev/zero")):
        with pytest.raises(OSError, match="File too large"):
            read_text(endless)


@pytest.mark.parametrize("text", [LISTS, MERGES])
def test_every_file_of_a_person_is_read_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    for read in (
        lambda: load_config(path, {}),
        lambda: load_manifest(path),
        lambda: load_phrases(path),
        lambda: load_cues(path, path),
    ):
        with pytest.raises(EdgevoiceError) as caught:
            read()
        assert "\n" not in str(caught.value)


def test_the_complaint_names_the_cause(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(LISTS)
    with pytest.raises(ConfigError, match="stands for more than 20,000 values"):
        load_config(path, {})
