"""WAV files: reading what people really have, writing so that nothing half-written stays behind.

The standard library's `wave` knows neither float samples nor WAVE_FORMAT_EXTENSIBLE, which is what
many recorders write, so the few fields that matter are read here. Layout of a file: "RIFF", size,
"WAVE", then chunks of a four-letter name, a 32-bit size and that many bytes (padded to an even
number); `fmt ` describes the samples of `data`. All numbers are little-endian. Source: Microsoft
and IBM, "Multimedia Programming Interface and Data Specifications 1.0", and Microsoft's
"Multiple Channel Audio Data and WAVE Files".
"""

import os
import shlex
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from edgevoice.audio.chunk import LISTENING_RATE, Samples
from edgevoice.audio.resample import Resampler, to_int16
from edgevoice.errors import AudioFileError
from edgevoice.files import write_atomically

RATES = range(4_000, 192_001)
"""Hertz that we resample from."""

MAX_CHANNELS = 64
MAX_HOURS = 4
BLOCK_FRAMES = 65_536
PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
COMPRESSED = {2: "ADPCM", 6: "A-law", 7: "µ-law", 0x11: "ADPCM", 0x31: "GSM", 0x55: "MP3"}
"""Format tags that need a decoder which we do not have."""

MAGIC = (
    (0, b"ID3", "an MP3 file"),
    (0, b"\xff\xfb", "an MP3 file"),
    (0, b"\xff\xf3", "an MP3 file"),
    (0, b"\xff\xf2", "an MP3 file"),
    (0, b"\xff\xf1", "an AAC file"),
    (0, b"fLaC", "a FLAC file"),
    (0, b"OggS", "an Ogg file (Vorbis or Opus)"),
    (0, b"#!AMR", "an AMR file"),
    (0, b"\x1aE\xdf\xa3", "a WebM or Matroska file"),
    (0, b"FORM", "an AIFF file"),
    (0, b"RIFX", "a big-endian WAV file"),
    (4, b"ftyp", "an MP4 or M4A file"),
    (8, b"AVI ", "an AVI film"),
)
"""What files that ffmpeg can turn into a WAV begin with: offset, bytes, name."""


@dataclass(frozen=True, slots=True)
class Format:
    """How the samples of a `data` chunk are written: hertz, and the NumPy type of one sample.

    24-bit samples have no NumPy type; they are read as three bytes each.
    """

    rate: int
    channels: int
    kind: str

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return self.channels * (3 if self.kind == "pcm24" else np.dtype(self.kind).itemsize)

    def mono(self, raw: bytes) -> Samples:
        """Whole frames as 16-bit samples, all channels mixed into one."""
        frames = self._scaled(raw).reshape(-1, self.channels)
        return to_int16(frames.mean(axis=1, dtype=np.float32))

    def _scaled(self, raw: bytes) -> NDArray[np.float32]:
        """The samples in the units of int16."""
        sound: NDArray[Any]
        match self.kind:
            case "pcm24":
                wide = np.zeros((len(raw) // 3, 4), np.uint8)
                wide[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
                sound = wide.view("<i4").ravel() / 65_536
            case "u1":
                sound = (np.frombuffer(raw, "u1").astype(np.int16) - 128) * 256
            case "<i2":
                sound = np.frombuffer(raw, "<i2")
            case "<i4":
                sound = np.frombuffer(raw, "<i4") / 65_536
            case _:
                # What is absurdly loud or not a number must not poison the mix.
                sound = np.nan_to_num(np.frombuffer(raw, self.kind), posinf=1, neginf=-1)
                sound = np.clip(sound, -4, 4) * 32_768
        return np.asarray(sound, np.float32)


KINDS = {
    (PCM, 8): "u1",
    (PCM, 16): "<i2",
    (PCM, 24): "pcm24",
    (PCM, 32): "<i4",
    (FLOAT, 32): "<f4",
    (FLOAT, 64): "<f8",
}


def read_wav(path: Path, rate: int = LISTENING_RATE) -> Samples:
    """The sound in `path`, mixed to mono and resampled to `rate` hertz; shape `[n]`, n > 0.

    Reads PCM of 8, 16, 24 and 32 bits and floats of 32 and 64, at 4 to 192 kHz. A file that ends
    before its header says so gives what is there. Raises `AudioFileError`.
    """
    try:
        if path.is_dir():
            raise AudioFileError(f"{path} is a folder, not a sound file", "Name a WAV file.")
        if path.exists() and not path.is_file():
            raise AudioFileError(f"{path} is not a regular file", "Name a WAV file.")
        with path.open("rb") as file:
            return _read(file, path, rate)
    except FileNotFoundError:
        raise AudioFileError(f"There is no file {path}", "Check the name and the folder.") from None
    except OSError as error:
        reason = error.strerror or "unknown error"
        raise AudioFileError(
            f"{path} cannot be read: {reason}", "Check who may read it (`ls -l`)."
        ) from None
    except ValueError:  # what the system says to a name with a NUL in it
        raise AudioFileError("That file name cannot exist", "Check the name.") from None


def _read(file: BinaryIO, path: Path, rate: int) -> Samples:
    head = file.read(12)
    if not head:
        raise AudioFileError(f"{path} is empty", "Record it again, or name another file.")
    if head[:4] not in (b"RIFF", b"RF64") or (len(head) == 12 and head[8:] != b"WAVE"):
        raise _not_a_wav(path, head + file.read(512))
    form, data_bytes = _find_samples(file, path)
    left = os.fstat(file.fileno()).st_size - file.tell()
    frames = min(data_bytes, left) // form.frame_bytes
    if frames > MAX_HOURS * 3600 * form.rate:
        raise AudioFileError(
            f"{path} is longer than {MAX_HOURS} hours", f"Cut it: {_ffmpeg(path, '-t 3600')}."
        )
    resampler = Resampler(form.rate, rate)
    pieces = [resampler.add(form.mono(block)) for block in _blocks(file, frames, form)]
    sound = np.concatenate([*pieces, resampler.finish()])
    if not len(sound):
        raise AudioFileError(f"{path} has no samples", "Record it again, or name another file.")
    return sound


def _find_samples(file: BinaryIO, path: Path) -> tuple[Format, int]:
    """Moves `file` to the first sample; answers the format and the bytes that the header says."""
    form: Format | None = None
    while len(head := file.read(8)) == 8:
        name, size = struct.unpack("<4sI", head)
        if name == b"data":
            if form is None:
                raise _broken(path, "the samples come before their description")
            return form, size
        if name == b"fmt ":
            form = _format(file.read(min(size, 40)), path)
            size -= min(size, 40)
        file.seek(size + size % 2, os.SEEK_CUR)
    raise _broken(path, "it ends before the first sample")


def _format(fields: bytes, path: Path) -> Format:
    if len(fields) < 16:
        raise _broken(path, "it ends within the description of the samples")
    tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", fields[:16])
    if tag == EXTENSIBLE:
        if len(fields) < 26:
            raise _broken(path, "it ends within the description of the samples")
        (tag,) = struct.unpack("<H", fields[24:26])
    kind = KINDS.get((tag, bits))
    if kind is None:
        what = COMPRESSED.get(tag, f"samples of kind {tag} with {bits} bits")
        raise AudioFileError(f"{path} holds {what}, which is not read here", _convert(path))
    if not 1 <= channels <= MAX_CHANNELS or rate not in RATES:
        raise AudioFileError(
            f"{path} claims {channels} channels at {rate} Hz; 1 to {MAX_CHANNELS} channels at "
            f"{RATES[0]} to {RATES[-1]} Hz can be read",
            _convert(path),
        )
    return Format(rate, channels, kind)


def _blocks(file: BinaryIO, frames: int, form: Format) -> Iterator[bytes]:
    while frames > 0:
        raw = file.read(min(frames, BLOCK_FRAMES) * form.frame_bytes)
        whole = len(raw) // form.frame_bytes
        if not whole:
            return  # the file became shorter while we read it
        yield raw[: whole * form.frame_bytes]
        frames -= whole


def _not_a_wav(path: Path, start: bytes) -> AudioFileError:
    for offset, magic, name in MAGIC:
        if start[offset:].startswith(magic):
            return AudioFileError(f"{path} is {name}, not a WAV file", _convert(path))
    looks = "a text file" if _is_text(start) else "no kind of sound file that is known here"
    return AudioFileError(f"{path} is not a WAV file but {looks}", "Name a WAV file.")


def _is_text(start: bytes) -> bool:
    text = start.decode("utf-8", "replace").rstrip("\ufffd")  # a letter may be cut at the end
    return bool(text) and all(c.isprintable() or c.isspace() for c in text) and "\ufffd" not in text


def _broken(path: Path, why: str) -> AudioFileError:
    return AudioFileError(f"{path} is a broken WAV file: {why}", "Record or convert it again.")


def _convert(path: Path) -> str:
    return f"Convert it: {_ffmpeg(path, '-ar 16000 -ac 1')}."


def _ffmpeg(path: Path, options: str) -> str:
    result = path.with_name(f"{path.stem}-16k.wav")
    return f"ffmpeg -i {shlex.quote(str(path))} {options} {shlex.quote(str(result))}"


def write_wav(path: Path, pcm: NDArray[np.int16], rate: int) -> None:
    """Write 16-bit samples, shape `[n]` (mono) or `[n, channels]`, at `rate` hertz.

    Whoever looks at `path` sees the old file or the whole new one. Raises `OutputError`.
    """
    channels = 1 if pcm.ndim == 1 else pcm.shape[1]
    data = pcm.astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", PCM, channels, rate, rate * channels * 2, channels * 2, 16)
    header = struct.pack("<4sI4s", b"RIFF", 36 + len(data), b"WAVE")
    header += struct.pack("<4sI", b"fmt ", len(form)) + form
    header += struct.pack("<4sI", b"data", len(data))
    write_atomically(path, header + data)
