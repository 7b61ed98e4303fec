"""WAV files as they come: every kind of sample, and every kind of damage."""

import contextlib
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from edgevoice.audio.chunk import Samples
from edgevoice.audio.wav import read_wav, write_wav
from edgevoice.errors import AudioFileError, OutputError

TAGS = {"u1": 1, "i2": 1, "i3": 1, "i4": 1, "f4": 3, "f8": 3}


def tone(rate: int = 16_000, hertz: float = 440, seconds: float = 0.25) -> NDArray[np.float64]:
    """Half of full scale."""
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


def encoded(sound: NDArray[np.float64], kind: str) -> bytes:
    match kind:
        case "u1":
            return np.rint(sound * 127 + 128).astype(np.uint8).tobytes()
        case "i3":
            whole = encoded(sound / 256, "i4")
            return b"".join(whole[at : at + 3] for at in range(0, len(whole), 4))
        case "i2" | "i4":
            top = (1 << (8 * int(kind[1]) - 1)) - 1
            return np.rint(sound * top).astype("<" + kind).tobytes()
        case _:
            return sound.astype("<" + kind).tobytes()


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


def fmt(kind: str, rate: int, channels: int = 1, *, extensible: bool = False) -> bytes:
    size = int(kind[1])
    tag = 0xFFFE if extensible else TAGS[kind]
    frame = size * channels
    fields = struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, 8 * size)
    if extensible:
        guid = struct.pack("<H", TAGS[kind]) + bytes.fromhex("000000001000800000aa00389b71")
        fields += struct.pack("<HHI", 22, 8 * size, 0) + guid
    return fields


def wav(
    sound: NDArray[np.float64], kind: str = "i2", rate: int = 16_000, channels: int = 1
) -> bytes:
    frames = np.repeat(sound, channels)
    return riff((b"fmt ", fmt(kind, rate, channels)), (b"data", encoded(frames, kind)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clip.wav"


def refused(path: Path) -> AudioFileError:
    with pytest.raises(AudioFileError) as caught:
        read_wav(path)
    assert "\n" not in str(caught.value)
    return caught.value


def assert_is_the_tone(sound: Samples, tolerance: float) -> None:
    want = tone() * 32_767
    assert abs(len(sound) - len(want)) <= 1
    inner = slice(400, 3_600)
    assert np.abs(sound[inner] - want[inner]).max() <= tolerance


@pytest.mark.parametrize("extensible", [False, True])
@pytest.mark.parametrize("kind", TAGS)
def test_reads_every_kind_of_sample(path: Path, kind: str, extensible: bool) -> None:
    header = fmt(kind, 16_000, extensible=extensible)
    path.write_bytes(riff((b"fmt ", header), (b"data", encoded(tone(), kind))))
    assert_is_the_tone(read_wav(path), tolerance=300 if kind == "u1" else 2)


@pytest.mark.parametrize("rate", [4_000, 8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_reads_every_rate(path: Path, rate: int) -> None:
    path.write_bytes(wav(tone(rate), rate=rate))
    assert_is_the_tone(read_wav(path), tolerance=40)


@pytest.mark.parametrize("channels", [2, 6])
def test_mixes_channels_down(path: Path, channels: int) -> None:
    path.write_bytes(wav(tone(), channels=channels))
    assert_is_the_tone(read_wav(path), tolerance=1)


def test_opposite_channels_cancel(path: Path) -> None:
    both = np.stack([tone(), -tone()], axis=1).ravel()
    path.write_bytes(riff((b"fmt ", fmt("i2", 16_000, 2)), (b"data", encoded(both, "i2"))))
    assert not read_wav(path).any()


def test_sixteen_bits_at_the_right_rate_come_back_exactly(path: Path) -> None:
    sound = np.arange(-32_768, 32_768, 3, dtype=np.int32).astype(np.int16)
    write_wav(path, sound, 16_000)
    np.testing.assert_array_equal(read_wav(path), sound)


def test_reads_more_than_one_block(path: Path) -> None:
    sound = np.random.default_rng(5).integers(-9, 9, 200_000, np.int16)
    write_wav(path, sound, 16_000)
    np.testing.assert_array_equal(read_wav(path), sound)


def test_floats_that_are_no_numbers_become_silence_and_loud_ones_are_clipped(path: Path) -> None:
    data = np.array([np.nan, 5.0, -5.0, np.inf, -np.inf, 1e300], "<f8").tobytes()
    path.write_bytes(riff((b"fmt ", fmt("f8", 16_000)), (b"data", data)))
    assert read_wav(path).tolist() == [0, 32_767, -32_768, 32_767, -32_768, 32_767]


def test_skips_chunks_that_it_does_not_know(path: Path) -> None:
    chunks = (b"LIST", b"odd"), (b"fmt ", fmt("i2", 16_000)), (b"bext", bytes(600))
    path.write_bytes(riff(*chunks, (b"data", encoded(tone(), "i2"))))
    assert_is_the_tone(read_wav(path), tolerance=1)


def test_a_recording_that_was_cut_off_gives_what_is_there(path: Path) -> None:
    path.write_bytes(wav(tone())[: 44 + 2_001])
    assert len(read_wav(path)) == 1_000


def test_a_recorder_that_never_wrote_the_size_is_read_to_the_end(path: Path) -> None:
    whole = wav(tone())
    path.write_bytes(whole[:40] + b"\xff\xff\xff\xff" + whole[44:])
    assert_is_the_tone(read_wav(path), tolerance=1)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"ID3\x04\x00 and more", "an MP3 file"),
        (b"\xff\xfb\x90\x00 and more", "an MP3 file"),
        (b"fLaC\x00\x00\x00\x22", "a FLAC file"),
        (b"OggS\x00\x02", "an Ogg file"),
        (b"\x00\x00\x00\x20ftypM4A ", "an MP4 or M4A file"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "an AVI film"),
        (b"Dear diary,\ntoday caf\xc3\xa9", "a text file"),
        (bytes(64), "no kind of sound file"),
        (wav(tone())[:10], "ends before the first sample"),
        (wav(tone())[:30], "within the description"),
        (wav(tone())[:44], "has no samples"),
        (wav(tone())[:45], "has no samples"),
        (riff((b"data", b"abcd")), "before their description"),
        (riff((b"fmt ", fmt("i2", 16_000))), "ends before the first sample"),
        (riff((b"fmt ", fmt("i2", 16_000, extensible=True)[:20])), "within the description"),
        (riff((b"fmt ", b"\x06\x00" + fmt("u1", 8_000)[2:]), (b"data", b"ab")), "A-law"),
        (riff((b"fmt ", fmt("i2", 3_999)), (b"data", b"ab")), "3999 Hz"),
        (riff((b"fmt ", fmt("i2", 16_000, 0)), (b"data", b"ab")), "0 channels"),
    ],
)
def test_says_what_is_wrong_with_a_file(path: Path, content: bytes, says: str) -> None:
    path.write_bytes(content)
    assert says in str(refused(path))


def test_offers_the_command_that_converts(tmp_path: Path) -> None:
    path = tmp_path / "my song.mp3"
    path.write_bytes(b"ID3\x04")
    assert f"ffmpeg -i '{path}' -ar 16000 -ac 1 '{tmp_path}/my song-16k.wav'" in refused(path).cure


def test_a_missing_file_a_folder_and_a_device(tmp_path: Path) -> None:
    assert "no file" in str(refused(tmp_path / "nowhere.wav"))
    assert "is a folder" in str(refused(tmp_path))
    assert "not a regular file" in str(refused(Path("/dev/zero")))
    assert "cannot exist" in str(refused(Path("a\0b.wav")))


def test_a_file_that_may_not_be_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(wav(tone()))

    def locked(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", locked)
    assert "Permission denied" in str(refused(path))


def test_a_recording_of_many_hours_is_refused_before_it_fills_the_memory(path: Path) -> None:
    header = wav(np.zeros(0), rate=4_000)
    path.write_bytes(header[:40] + b"\xff\xff\xff\xff")
    os.truncate(path, 200_000_000)  # sparse: takes no space
    assert "longer than 4 hours" in str(refused(path))


def read_or_refuse(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with contextlib.suppress(AudioFileError):
        assert len(read_wav(path)) > 0


fuzz = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@fuzz
@given(st.binary(max_size=200), st.booleans())
def test_random_bytes_are_read_or_refused(path: Path, content: bytes, headed: bool) -> None:
    read_or_refuse(path, b"RIFF\x10\x00\x00\x00WAVE" * headed + content)


@fuzz
@given(
    st.sampled_from(sorted(TAGS)),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 80), st.integers(0, 255)), max_size=6),
    st.integers(0, 300),
)
def test_damaged_headers_are_read_or_refused(
    path: Path, kind: str, extensible: bool, damage: list[tuple[int, int]], length: int
) -> None:
    header = fmt(kind, 44_100, 2, extensible=extensible)
    content = bytearray(riff((b"fmt ", header), (b"data", bytes(range(200)))))
    for at, value in damage:
        content[at] = value
    read_or_refuse(path, bytes(content[:length]))


@given(st.integers(0, 50), st.sampled_from([None, 1, 2]))
@fuzz
def test_what_is_written_comes_back(path: Path, frames: int, channels: int | None) -> None:
    shape = frames if channels is None else (frames, channels)
    pcm = np.random.default_rng(1).integers(-3_000, 3_000, shape, np.int16)
    write_wav(path, pcm, 22_050)
    header, data = path.read_bytes()[:44], path.read_bytes()[44:]
    assert struct.unpack_from("<HI", header, 22) == (channels or 1, 22_050)
    assert data == pcm.tobytes()
    assert struct.unpack_from("<I", header, 4)[0] == len(header) + len(data) - 8


def unwritable(path: Path) -> str:
    with pytest.raises(OutputError) as caught:
        write_wav(path, np.zeros(4, np.int16), 16_000)
    return str(caught.value)


def test_places_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No such file" in unwritable(tmp_path / "nowhere" / "out.wav")
    assert "a folder" in unwritable(tmp_path)
    assert "a device" in unwritable(Path("/dev/null"))
    assert not Path("/dev/null").is_file()
    kept = tmp_path / "kept.wav"
    kept.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    assert "write-protected" in unwritable(kept)
    assert kept.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [kept]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "No space left" in unwritable(path)
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_writes_through_a_link(tmp_path: Path, path: Path) -> None:
    path.write_bytes(b"old")
    link = tmp_path / "link.wav"
    link.symlink_to(path)
    write_wav(link, np.ones(4, np.int16), 16_000)
    assert link.is_symlink()
    assert len(read_wav(path)) == 4
