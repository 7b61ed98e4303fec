"""The small file that tells the next start how this one ended."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edgevoice.preflight.ledger import Ledger, is_alive, this_process
from edgevoice.preflight.starts import PATIENCE, End, Standing


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "starts.json"


def ledger(file: Path, process: str = "new", *, alive: str = "") -> Ledger:
    """A ledger for `process`, while `alive` is the only other one that runs."""
    return Ledger(file, process, alive=lambda other: other == alive)


def start(file: Path, *ends: End, made_of: str = "same", levels: int = 2) -> Standing:
    """Start what is due; answers what was due."""
    book = ledger(file)
    standing = book.standing(made_of, levels)
    book.begin(made_of, standing, standing.level, "")
    for end in ends:
        book.end(end)
    return standing


def test_what_says_nothing_has_died(file: Path) -> None:
    for _ in range(PATIENCE):
        assert start(file).level == 0
    assert start(file).level == 1
    last = ledger(file).last
    assert last and last.level == 1


def test_what_says_how_it_ended_is_believed(file: Path) -> None:
    for _ in range(PATIENCE + 1):
        assert start(file, End.STOPPED).level == 0
        assert start(file, End.OTHER, End.WELL, End.LONG).level == 0


def test_with_other_models_everything_begins_anew(file: Path) -> None:
    for _ in range(PATIENCE + 1):
        start(file)
    assert ledger(file).standing("same", 2).level == 1
    assert ledger(file).standing("other", 2) == Standing()
    assert ledger(file).standing("same", 1) == Standing(), "a profile is gone"


def test_one_that_runs_beside_us_has_not_died_and_keeps_its_ledger(file: Path) -> None:
    first = ledger(file, "first")
    first.begin("same", Standing(), 0, "")
    before = file.read_bytes()

    second = ledger(file, "second", alive="first")
    assert second.standing("same", 2).deaths == 0
    second.begin("same", Standing(), 0, "")
    second.end(End.WELL)
    assert file.read_bytes() == before

    assert ledger(file, "third").standing("same", 2).deaths == 1


def test_starts_for_which_nothing_fits_are_counted_until_one_does(file: Path) -> None:
    for count in range(3):
        book = ledger(file)
        assert book.unfit == count
        book.cannot("same", Standing())
    start(file)
    assert ledger(file).unfit == 0


def test_a_folder_that_cannot_be_written_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("in the way")
    book = ledger(tmp_path / "state" / "starts.json")
    book.begin("same", Standing(), 0, "")
    book.end(End.WELL)
    book.cannot("same", Standing())
    assert book.unfit == 1
    assert caplog.messages and all("not counted" in line for line in caplog.messages)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged")


@given(content=st.binary(max_size=200))
@example(content=b"[" * 100_000)
@example(content=b'{"made_of": "same", "standing": {"level": -1}}')
@example(content=b'{"made_of": "same", "standing": {"level": 1e99}}')
@example(content=b'{"last": {"level": -7, "why": "", "process": "", "end": "died"}}')
def test_a_damaged_ledger_counts_as_empty(folder: Path, content: bytes) -> None:
    path = folder / "starts.json"
    path.write_bytes(content)
    book = ledger(path)
    assert book.standing("same", 2) == Standing() and book.last is None


def test_processes_are_told_from_others_of_the_same_number() -> None:
    ours = this_process()
    assert is_alive(ours)
    boot, number, ticks = ours.split("/")
    assert not is_alive(f"{boot}/{number}/{int(ticks) + 1}")
    assert not is_alive(f"other-boot/{number}/{ticks}")
    assert not any(map(is_alive, ["", "x", "//", "a/b/c", "../../.."]))
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    other = this_process(child.pid)
    assert other and is_alive(other)
    child.communicate()
    assert not is_alive(other)
