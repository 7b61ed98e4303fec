"""Damages a GGUF model by one bit, so that llama.cpp gives up (SIGABRT) at the first token."""

import struct

EPSILON = b"llama.attention.layer_norm_rms_epsilon"


def rot(model: bytes) -> bytes:
    """`model` with the sign of a small number turned; it loads as before."""
    content = bytearray(model)
    at = content.index(EPSILON) + len(EPSILON) + 4  # after the type of the value
    (epsilon,) = struct.unpack_from("<f", content, at)
    assert epsilon > 0
    struct.pack_into("<f", content, at, -epsilon)
    return bytes(content)
