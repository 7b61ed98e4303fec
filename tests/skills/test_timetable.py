"""The file of timers: damage costs what it holds, and nothing else."""

import json
import logging
import stat
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgevoice.errors import OutputError
from edgevoice.privacy.lifetime import Moment
from edgevoice.skills.ringing import Ringer
from edgevoice.skills.schedule import After, At, Entry, Kind
from edgevoice.skills.storage import Storage
from edgevoice.skills.timetable import DOCUMENT, Timetable, timers_file

NOW = Moment(wall=1.8e9, boot="a", up=100)
ENTRIES = [
    Entry("0000000a", Kind.TIMER, After(300, NOW), "pasta"),
    Entry("0000000b", Kind.ALARM, At(datetime(2026, 11, 22, 7))),
    Entry("0000000c", Kind.REMINDER, At(datetime(2026, 11, 22, 8)), "call Mum"),
]
IN_PLACE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
    | st.sampled_from(["timer", "0000000a", "2026-11-22T07:00", "0001-01-01T00:00", "9999-12-31"]),
    lambda children: st.lists(children, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "kind", "when", "seconds", "since", "wall", "boot", "up"]), children
    ),
)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "timers.json"


def sealed(file: Path) -> Storage:
    return Storage(file.parent / "storage", bytes(32))


def test_it_lies_among_our_state() -> None:
    assert timers_file({"STATE_DIRECTORY": "/var/lib/edgevoice"}) == Path(
        "/var/lib/edgevoice/timers.json"
    )


def test_what_is_saved_is_loaded(file: Path) -> None:
    Timetable(file, sealed(file)).save(ENTRIES[:2], ENTRIES[2:])

    assert Timetable(file, sealed(file)).load() == (ENTRIES[:2], ENTRIES[2:])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_file_itself_holds_times_alone(file: Path) -> None:
    Timetable(file).save(ENTRIES, [])

    assert "pasta" not in file.read_text() and "Mum" not in file.read_text()
    pending, _ = Timetable(file).load()
    assert [entry.words for entry in pending] == ["", "", ""]


def test_nothing_there_is_nothing_to_tell(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert Timetable(file).load() == ([], [])
    assert not caplog.records


@given(content=st.binary(max_size=60) | JUNK.map(lambda tree: json.dumps([tree]).encode()))
@IN_PLACE
def test_garbage_is_one_warning_and_a_ringer_that_works(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    caplog.clear()
    (file := tmp_path / "timers.json").write_bytes(content)
    with caplog.at_level(logging.WARNING):
        ringer = Ringer(Timetable(file), lambda: NOW)
    ringer.due()
    ringer.add(Kind.TIMER, After(1, NOW))
    ringer.close()
    assert len(caplog.records) <= 1
    assert len(Timetable(file).load()[0]) >= 1


@given(at=st.integers(0, 10_000))
@IN_PLACE
def test_a_torn_file_never_stops_us(tmp_path: Path, at: int) -> None:
    file = tmp_path / "timers.json"
    Timetable(file).save(ENTRIES, [])
    content = file.read_bytes()
    file.write_bytes(content[: at % len(content)])
    assert Timetable(file).load() == ([], [])


@pytest.mark.parametrize(
    "row",
    [
        {"id": "x", "kind": "timer", "when": "2026-11-22T07:00"},
        {"id": "0000000a", "kind": "bomb", "when": "2026-11-22T07:00"},
        {"id": "0000000a", "kind": "alarm", "when": "2026-11-22T07:00+01:00"},
        {"id": "0000000a", "kind": "alarm", "when": "0001-01-01T00:00"},
        {"id": "0000000a", "kind": "timer", "when": {"seconds": 0, "since": {}}},
        {
            "id": "0000000a", "kind": "timer",
            "when": {"seconds": 1, "since": {"wall": 1e300, "boot": "", "up": 0}},
        },
    ],
)  # fmt: skip
def test_what_cannot_be_ours_is_refused(file: Path, row: object) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps([row]))
    assert Timetable(file).load() == ([], [])


def test_words_of_something_else_are_no_words(file: Path) -> None:
    storage = sealed(file)
    Timetable(file, storage).save(ENTRIES, [])
    storage.save(DOCUMENT, {"0000000a": 5, "0000000c": "call Mum", "nobody": "x"})
    assert [entry.words for entry in Timetable(file, storage).load()[0]] == ["", "", "call Mum"]
    storage.save(DOCUMENT, ["pasta"])
    assert [entry.words for entry in Timetable(file, storage).load()[0]] == ["", "", ""]


def test_where_the_words_cannot_be_kept_the_times_are(file: Path) -> None:
    file.parent.mkdir()
    (file.parent / "storage").write_text("in the way")
    with pytest.raises(OutputError, match=r"storage\.folder"):
        Timetable(file, sealed(file)).save(ENTRIES, [])
    assert len(Timetable(file).load()[0]) == 3


def test_a_disk_that_refuses_is_one_warning_and_nothing_is_lost_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("no folder")
    ringer = Ringer(Timetable(tmp_path / "state" / "timers.json"), lambda: NOW)
    with caplog.at_level(logging.WARNING):
        for seconds in (1, 2, 3):
            ringer.add(Kind.TIMER, After(seconds, NOW), "marmalade")
        ringer.close()
    assert len(ringer.pending(Kind.TIMER)) == 3
    assert len(caplog.records) == 1 and "marmalade" not in caplog.text
