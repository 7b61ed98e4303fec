"""Sealed transcripts: only the key opens them, and every change shows."""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.dialog.events import TurnDone, TurnStarted, Understood
from edgevoice.errors import ConfigError, OutputError
from edgevoice.privacy.keys import CREDENTIAL, load_key, make_key
from edgevoice.privacy.lifetime import DAY_S, Moment
from edgevoice.privacy.sealing import HEAD_BYTES, SealBrokenError, Torn, new_head, seal, unseal
from edgevoice.privacy.transcripts import Transcripts, TranscriptWriter, transcripts_folder

KEY, OTHER = bytes(range(32)), bytes(32)
NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
TEXTS = [b"one", b"two", b"three"]
HEAD = new_head(KEY)
RECORDS = [seal(KEY, HEAD, number, text) for number, text in enumerate(TEXTS)]
CONTENT = HEAD + b"".join(RECORDS)


def opened(content: bytes, key: bytes = KEY) -> list[bytes]:
    """What can still be read."""
    try:
        return [record for record in unseal(key, content) if isinstance(record, bytes)]
    except SealBrokenError:
        return []


# --- the seal


def test_what_is_sealed_opens_with_the_key_alone() -> None:
    assert list(unseal(KEY, CONTENT)) == TEXTS
    assert not any(text in CONTENT for text in TEXTS)
    with pytest.raises(SealBrokenError, match="another key"):
        list(unseal(OTHER, CONTENT))
    with pytest.raises(SealBrokenError, match="no sealed file"):
        list(unseal(KEY, b"x" * 100))


@given(st.integers(0, 8 * len(CONTENT) - 1))
def test_a_flipped_bit_never_passes(bit: int) -> None:
    content = bytearray(CONTENT)
    content[bit // 8] ^= 1 << bit % 8
    assert opened(bytes(content)) != TEXTS
    assert set(opened(bytes(content))) < set(TEXTS)


@given(st.permutations([0, 1, 2]))
def test_records_cannot_change_places(order: list[int]) -> None:
    found = list(unseal(KEY, HEAD + b"".join(RECORDS[which] for which in order)))
    for place, which in enumerate(order):
        assert (found[place] == TEXTS[which]) == (place == which)


def test_records_cannot_move_to_another_file() -> None:
    assert not opened(new_head(KEY) + b"".join(RECORDS))


@given(st.integers(0, len(CONTENT) - 1))
def test_power_lost_anywhere_leaves_what_was_whole(left: int) -> None:
    found = list(unseal(KEY, CONTENT[:left]))
    whole = [record for record in found if isinstance(record, bytes)]
    assert whole == TEXTS[: len(whole)]
    ends = {HEAD_BYTES, HEAD_BYTES + len(RECORDS[0]), HEAD_BYTES + len(RECORDS[0] + RECORDS[1])}
    assert isinstance(found[-1] if found else None, Torn) == (left not in ends)


# --- the key


def test_a_new_key_is_private_and_never_overwrites(tmp_path: Path) -> None:
    file = tmp_path / "key"
    make_key(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(load_key(file, {})) == 32
    with pytest.raises(OutputError, match="not there yet"):
        make_key(file)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620])
def test_a_key_that_others_may_open_is_refused(tmp_path: Path, mode: int) -> None:
    make_key(file := tmp_path / "key")
    file.chmod(mode)
    with pytest.raises(ConfigError, match="chmod 600"):
        load_key(file, {})


def test_a_key_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_key(file := tmp_path / "key")
    monkeypatch.setattr(os, "geteuid", lambda: file.stat().st_uid + 1)
    with pytest.raises(ConfigError, match="another user"):
        load_key(file, {})


@pytest.mark.parametrize("text", [b"", b"ab" * 31, b"ab" * 33, b"zz" * 32, b"\xff" * 64])
def test_what_is_no_key_is_refused(tmp_path: Path, text: bytes) -> None:
    (file := tmp_path / "key").write_bytes(text)
    file.chmod(0o600)
    with pytest.raises(ConfigError, match="holds no key"):
        load_key(file, {})


def test_no_key_and_no_file_are_one_line_each(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="keygen"):
        load_key(None, {})
    with pytest.raises(ConfigError, match="cannot be read"):
        load_key(tmp_path / "none", {})
    with pytest.raises(ConfigError, match="no plain file"):
        load_key(tmp_path, {})


def test_the_key_of_systemd_comes_first(tmp_path: Path) -> None:
    make_key(file := tmp_path / "key")
    (tmp_path / CREDENTIAL).write_text(KEY.hex())
    assert load_key(file, {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == KEY


# --- the folder


def test_turns_are_kept_in_a_private_folder(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    kept = Transcripts(folder, lambda: NOON)
    kept.write(KEY, {"user": "hello", "agent": ""})
    kept.write(KEY, {"user": "bye", "agent": ""})
    assert [turn["user"] for turn in Transcripts(folder).read(KEY).turns] == ["hello", "bye"]
    (file,) = folder.glob("*.sealed")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = kept.read(OTHER)
    assert not found.turns and "another key" in found.broken[0]


def at(day: float, *, date: datetime = NOON, boot: str = "1") -> Moment:
    """What a machine says that has run for so many days."""
    return Moment(wall=date.timestamp() + day * DAY_S, boot=boot, up=day * DAY_S)


def test_a_new_day_is_a_new_file_and_old_ones_go(tmp_path: Path) -> None:
    day = [0]
    kept = Transcripts(tmp_path, lambda: NOON, lambda: at(day[0]))
    for _ in range(5):
        kept.write(KEY, {"user": "hello", "agent": ""})
        day[0] += 1
    (tmp_path / "notes.sealed").write_text("not ours")
    assert kept.purge(3) == 2
    assert len(kept.read(KEY).turns) == 3
    assert kept.purge(0) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lifetime.json", "notes.sealed"]


@pytest.mark.parametrize("years", [-10, 10])
@pytest.mark.parametrize("boot", ["1", "2"])
def test_a_clock_that_jumps_lets_go_of_nothing(tmp_path: Path, years: int, boot: str) -> None:
    """While it runs, and while it is off; kept for a single day."""
    Transcripts(tmp_path, lambda: NOON, lambda: at(0.9)).write(KEY, {"user": "hello", "agent": ""})
    far = NOON.replace(year=NOON.year + years)
    kept = Transcripts(tmp_path, lambda: far, lambda: at(0.9, date=far, boot=boot))
    assert kept.purge(1) == 0
    kept.write(KEY, {"user": "hello again", "agent": ""})
    assert kept.purge(1) == 0 and len(kept.read(KEY).turns) == 2
    later = Transcripts(tmp_path, lambda: far, lambda: at(3.9, date=far, boot=boot))
    assert later.purge(1) == 2


def test_without_its_count_of_days_nothing_goes_too_soon(tmp_path: Path) -> None:
    day = [0]
    kept = Transcripts(tmp_path, lambda: NOON, lambda: at(day[0]))
    kept.write(KEY, {"user": "hello", "agent": ""})
    day[0] = 50
    kept.write(KEY, {"user": "hello", "agent": ""})
    (tmp_path / "lifetime.json").write_text("{")
    again = Transcripts(tmp_path, lambda: NOON, lambda: at(day[0]))
    assert again.purge(50) == 0
    day[0] = 51
    assert again.purge(50) == 1


def test_a_full_disk_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = (NOON + timedelta(seconds=second) for second in range(5))
    kept = Transcripts(tmp_path, lambda: next(moments), lambda: at(0))
    write = os.write
    sizes: Iterator[int] = iter([])

    def full(file: int, content: bytes) -> int:
        if size := next(sizes, 0):
            return write(file, content[:size])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def refused() -> None:
        nonlocal sizes
        sizes = iter([20])
        with monkeypatch.context() as disk:
            disk.setattr(os, "write", full)
            with pytest.raises(OutputError, match="No space left"):
                kept.write(KEY, {"user": "two", "agent": ""})

    refused()
    assert not list(tmp_path.glob("*.sealed"))
    kept.write(KEY, {"user": "one", "agent": ""})
    refused()
    kept.write(KEY, {"user": "two", "agent": ""})
    assert len(list(tmp_path.glob("*.sealed"))) == 1
    found = kept.read(KEY)
    assert [turn["user"] for turn in found.turns] == ["one", "two"]
    assert not found.torn and not found.broken


def test_turns_stay_in_order_when_the_clock_jumps(tmp_path: Path) -> None:
    dates = [NOON.replace(year=year) for year in (2026, 2036, 2016, 2026, 2026)]
    second = [0]
    for run in (dates[:3], dates[3:]):
        kept = Transcripts(tmp_path, moment=lambda: at(second[0] / DAY_S))
        for date in run:
            kept.write(KEY, {"user": str(second[0])}, date)
            second[0] += 1
        kept.close()
    assert [turn["user"] for turn in Transcripts(tmp_path).read(KEY).turns] == list("01234")


def test_a_folder_that_was_removed_is_made_again(tmp_path: Path) -> None:
    kept = Transcripts(tmp_path / "kept", lambda: NOON, lambda: at(0))
    kept.write(KEY, {"user": "one", "agent": ""})
    shutil.rmtree(tmp_path / "kept")
    kept.write(KEY, {"user": "two", "agent": ""})
    assert [turn["user"] for turn in kept.read(KEY).turns] == ["two"]


def test_they_lie_where_the_settings_say(tmp_path: Path) -> None:
    assert transcripts_folder(tmp_path) == tmp_path
    assert transcripts_folder(None, {"STATE_DIRECTORY": "/s"}) == Path("/s/transcripts")


# --- the observer


def tell(writer: TranscriptWriter) -> None:
    writer(Understood(1, 0, "call me Ann", -0.1))
    writer(TurnStarted(2, 7))
    writer(TurnDone(3, 7, "Hello Ann. How", "Hello Ann.", interrupted=True))


def test_finished_turns_are_sealed(tmp_path: Path) -> None:
    kept = Transcripts(tmp_path)
    writer = TranscriptWriter(kept, KEY, 30, lambda text: text.replace("Ann", "[name]"))
    tell(writer)
    writer(Understood(4, 4, "never answered", -0.1))
    writer.close()
    (turn,) = kept.read(KEY).turns
    assert datetime.now(UTC) - datetime.fromisoformat(turn.pop("at")) < timedelta(minutes=1)
    assert turn == {
        "turn": 7,
        "user": "call me [name]",
        "agent": "Hello [name].",
        "understood": True,
        "interrupted": True,
    }


def test_what_the_disk_refuses_is_written_when_it_can_be(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (blocked := tmp_path / "file").write_text("")
    kept = Transcripts(blocked / "kept", lambda: NOON)
    writer = TranscriptWriter(kept, KEY, 30)
    for _ in range(5):
        tell(writer)
    blocked.unlink()
    writer.close()
    assert len(kept.read(KEY).turns) == 5
    assert len(caplog.messages) <= 2 and not any("Ann" in line for line in caplog.messages)


def test_old_ones_go_although_nobody_speaks(tmp_path: Path) -> None:
    Transcripts(tmp_path, lambda: NOON, lambda: at(0)).write(KEY, {"user": "hello", "agent": ""})
    gone: list[int] = []
    kept = Transcripts(tmp_path, lambda: NOON, lambda: at(40))
    TranscriptWriter(kept, KEY, 30, purged=gone.append).close()
    assert gone == [1]
