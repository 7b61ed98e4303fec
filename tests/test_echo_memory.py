"""What was measured is found again; damage is noticed, said, and does no harm."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.duplex import Devices, Duplex, Echo, Measured
from edgevoice.echo_memory import echo_file, recall, remember
from edgevoice.errors import OutputError

SPEAKERPHONE = Devices("Speakerphone: USB", "Speakerphone: USB")
LAPTOP = Devices("Mikrofon („innen“)", "Lautsprecher")
CANCEL = Measured(
    Echo(2, -60.0, delay_ms=43.5, level_db=-12.25), Duplex.CANCEL, "an echo", date(2026, 3, 1)
)
FULL = Measured(Echo(0, -62.5), Duplex.FULL, "no echo", date(2026, 3, 2))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deeper" / "echo.json"


def test_every_pair_of_devices_has_its_own(file: Path) -> None:
    remember(file, LAPTOP, CANCEL)
    remember(file, SPEAKERPHONE, FULL)
    assert recall(file, LAPTOP) == (CANCEL, "")
    assert recall(file, SPEAKERPHONE) == (FULL, "")
    assert recall(file, Devices(LAPTOP.microphone, "Headphones")) == (None, "")


def test_measuring_again_replaces(file: Path) -> None:
    remember(file, LAPTOP, CANCEL)
    remember(file, LAPTOP, FULL)
    assert recall(file, LAPTOP) == (FULL, "")
    assert len(json.loads(file.read_text())) == 1


@given(
    st.builds(
        Measured,
        st.builds(
            Echo,
            st.integers(0, 2),
            st.floats(-96, 0),
            st.booleans(),
            delay_ms=st.floats(-30, 650),
        ),
        st.sampled_from(Duplex),
        st.text(st.characters(exclude_categories=["Cs"])),
        st.dates(),
    )
)
def test_nothing_gets_lost_on_the_way(
    tmp_path_factory: pytest.TempPathFactory, measured: Measured
) -> None:
    file = tmp_path_factory.mktemp("state") / "echo.json"
    remember(file, LAPTOP, measured)
    assert recall(file, LAPTOP) == (measured, "")


def test_a_card_that_has_another_number_now_is_known_also_from_older_files(file: Path) -> None:
    numbered = Devices("Jabra: USB Audio (hw:1,0)", "Jabra: USB Audio (hw:1,0)")
    remember(file, numbered, CANCEL)  # as it was written once
    plain = Devices("Jabra: USB Audio", "Jabra: USB Audio")
    assert recall(file, plain) == (CANCEL, "")
    remember(file, plain, FULL)
    assert len(json.loads(file.read_text())) == 1


def test_nothing_was_measured_yet(file: Path) -> None:
    assert recall(file, LAPTOP) == (None, "")


@pytest.mark.parametrize(
    "content", [b"", b"[", b"{}", b"[1]", b"\xff\xfe", b'"measured"', b"[" * 100_000]
)
def test_a_damaged_file_counts_as_not_measured_and_is_named(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    measured, note = recall(file, LAPTOP)
    assert measured is None
    assert str(file) in note
    remember(file, LAPTOP, FULL)
    assert recall(file, LAPTOP) == (FULL, "")


@pytest.mark.parametrize(
    "damage",
    [
        {"measured": None},
        {"measured": {"duplex": "full"}},
        {"measured": {"echo": {"heard": "loud"}, "duplex": "full", "reason": "", "day": ""}},
    ],
)
def test_a_damaged_measurement_leaves_the_others_alone(
    file: Path, damage: dict[str, object]
) -> None:
    remember(file, LAPTOP, CANCEL)
    known = json.loads(file.read_text())
    file.write_text(json.dumps([*known, {**SPEAKERPHONE._asdict(), **damage}]))
    measured, note = recall(file, SPEAKERPHONE)
    assert measured is None
    assert "damaged" in note
    assert recall(file, LAPTOP) == (CANCEL, "")


@pytest.mark.parametrize("delay_ms", [1e9, -500.0, float("inf"), float("nan")])
def test_a_delay_that_was_never_measured_is_damage(file: Path, delay_ms: float) -> None:
    remember(file, LAPTOP, CANCEL)
    file.write_text(file.read_text().replace("43.5", json.dumps(delay_ms)))
    measured, note = recall(file, LAPTOP)
    assert measured is None
    assert "damaged" in note


def test_a_folder_in_its_place_is_an_error_when_writing_only(file: Path) -> None:
    file.mkdir(parents=True)
    measured, note = recall(file, LAPTOP)
    assert measured is None
    assert str(file) in note
    with pytest.raises(OutputError, match="cannot be written"):
        remember(file, LAPTOP, FULL)


def test_a_state_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious")
    with pytest.raises(OutputError, match="XDG_STATE_HOME"):
        remember(tmp_path / "file" / "echo.json", LAPTOP, FULL)
    with pytest.raises(OutputError, match="XDG_STATE_HOME"):
        remember(tmp_path / "file" / "deeper" / "echo.json", LAPTOP, FULL)


@pytest.mark.parametrize(
    ("environment", "path"),
    [
        ({"HOME": "/home/me"}, "/home/me/.local/state/edgevoice/echo.json"),
        ({"HOME": "/home/me", "XDG_STATE_HOME": "/s"}, "/s/edgevoice/echo.json"),
        ({"HOME": "/home/me", "XDG_STATE_HOME": "s"}, "/home/me/.local/state/edgevoice/echo.json"),
        ({"HOME": "/", "STATE_DIRECTORY": "/var/lib/edgevoice"}, "/var/lib/edgevoice/echo.json"),
        ({"STATE_DIRECTORY": "/var/lib/a:/var/lib/b"}, "/var/lib/a/echo.json"),
    ],
)
def test_where_it_is_kept(environment: dict[str, str], path: str) -> None:
    assert echo_file(environment) == Path(path)


def test_days_are_written_for_people(file: Path) -> None:
    remember(file, LAPTOP, replace(CANCEL, day=date(2026, 11, 21)))
    assert '"2026-11-21"' in file.read_text()
