"""The format of a sealed file: a head, and records that cannot be read, changed or swapped.

The head is the magic line, the key's fingerprint (8 bytes) and the file's own random id (16). A
record is its length (4 bytes, big-endian), a random nonce (12) and the text under
ChaCha20-Poly1305 (RFC 8439), with the head and the record's number as associated data: a record
that comes from another file or another place in this one does not open. With random nonces one key
is good for 2^32 records.

What this does not prove: that no whole records are missing from the end of a file, or no whole
file. Nor does it hide how many turns there were, on which day, and roughly how long.
"""

import hashlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

MAGIC = b"edgevoice sealed 1\n"
FINGERPRINT_BYTES, ID_BYTES, NONCE_BYTES, TAG_BYTES = 8, 16, 12, 16
HEAD_BYTES = len(MAGIC) + FINGERPRINT_BYTES + ID_BYTES
LONGEST = 1 << 20
"""Bytes of a record; a longer one is none of ours."""


class SealBrokenError(Exception):
    """Why a record, or a file, cannot be opened."""


class OtherKeyError(SealBrokenError):
    """It was sealed with another key."""


@dataclass(frozen=True, slots=True)
class Torn:
    """What is left of a last record that was not written whole."""

    size: int


def new_head(key: bytes) -> bytes:
    """The head of a new file."""
    return MAGIC + _fingerprint(key) + os.urandom(ID_BYTES)


def seal(key: bytes, head: bytes, number: int, text: bytes) -> bytes:
    """`text` as record `number` (0, 1, …) of the file with this `head`."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = ChaCha20Poly1305(key).encrypt(nonce, text, _about(head, number))
    return struct.pack(">I", len(nonce) + len(sealed)) + nonce + sealed


def unseal(key: bytes, content: bytes) -> Iterator[bytes | SealBrokenError | Torn]:
    """The records of a file, in order; in the place of one that was changed: the complaint.

    Raises `SealBrokenError` where the head is not ours or the key is another one.
    """
    head = content[:HEAD_BYTES]
    if len(head) < HEAD_BYTES and MAGIC.startswith(head[: len(MAGIC)]):
        yield Torn(len(head))
        return
    if not head.startswith(MAGIC):
        raise SealBrokenError("it is no sealed file")
    if head[len(MAGIC) : -ID_BYTES] != _fingerprint(key):
        raise OtherKeyError("it was sealed with another key")
    cipher = ChaCha20Poly1305(key)
    place, number = HEAD_BYTES, 0
    while place < len(content):
        size = int.from_bytes(content[place : place + 4])
        record = content[place + 4 : place + 4 + size]
        if place + 4 <= len(content) and not NONCE_BYTES + TAG_BYTES <= size <= LONGEST:
            yield SealBrokenError(f"record {number} was changed, and what follows is lost")
            return
        if place + 4 + size > len(content):
            yield Torn(len(content) - place)
            return
        try:
            yield cipher.decrypt(record[:NONCE_BYTES], record[NONCE_BYTES:], _about(head, number))
        except InvalidTag:
            yield SealBrokenError(f"record {number} was changed")
        place, number = place + 4 + size, number + 1


def _fingerprint(key: bytes) -> bytes:
    return hashlib.sha256(b"edgevoice key\n" + key).digest()[:FINGERPRINT_BYTES]


def _about(head: bytes, number: int) -> bytes:
    return head + struct.pack(">Q", number)
