"""Sound files: whatever somebody names in the place of a recording."""

import struct

import numpy as np
from hypothesis import strategies as st

from edgevoice.audio.wav import read_wav
from tests.fuzz.promise import damaged, folder, fuzzed, refused_politely

NUMBERS_16 = st.integers(0, 2**16 - 1)
NUMBERS_32 = st.integers(0, 2**32 - 1)


@st.composite
def formats(draw: st.DrawFn) -> bytes:
    """A description of samples; often one that is nearly right."""
    tag = draw(st.sampled_from([1, 3, 0xFFFE, 2, 0x55]) | NUMBERS_16)
    channels = draw(st.integers(0, 65) | NUMBERS_16)
    rate = draw(st.sampled_from([8_000, 16_000, 44_100, 192_000, 4_000, 0]) | NUMBERS_32)
    bits = draw(st.sampled_from([8, 16, 24, 32, 64]) | NUMBERS_16)
    more = draw(st.binary(max_size=30))
    return struct.pack("<HHIIHH", tag, channels, rate, 0, 0, bits) + more


@st.composite
def waves(draw: st.DrawFn) -> bytes:
    """Chunks, each with a size of its own opinion."""
    body = b""
    for _ in range(draw(st.integers(0, 5))):
        name = draw(st.sampled_from([b"fmt ", b"fmt ", b"data", b"data", b"LIST"]) | st.just(b"?"))
        content = draw(formats() if name == b"fmt " else st.binary(max_size=400))
        size = draw(st.just(len(content)) | NUMBERS_32)
        body += name + struct.pack("<I", size) + content + bytes(len(content) % 2)
    kind = draw(st.sampled_from([b"RIFF", b"RIFF", b"RF64", b"RIFX"]))
    return kind + struct.pack("<I", draw(NUMBERS_32)) + b"WAVE" + body


WHOLE = (
    b"RIFF\x2c\x01\0\0WAVEfmt \x10\0\0\0"
    + struct.pack("<HHIIHH", 1, 2, 44_100, 176_400, 4, 16)
    + b"data\x00\x01\0\0"
    + bytes(range(256))
)


@fuzzed(st.binary(max_size=600) | waves() | damaged(WHOLE))
def any_bytes_as_a_recording(content: bytes) -> None:
    with folder() as place, refused_politely():
        (place / "a.wav").write_bytes(content)
        sound = read_wav(place / "a.wav")
        assert sound.dtype == np.int16 and sound.ndim == 1
        assert 0 < len(sound) <= 4 * len(content) + 4_000  # from 4 kHz to ours, at most
