"""The model hub: what it states about a file, and its bytes. The only module that reaches out.

huggingface_hub does the talking (HF_ENDPOINT, HF_TOKEN and proxies are honoured as it honours
them). Its own download begins again after a break: it gives every try a file of its own. So the
bytes are asked for here, from where the last try stopped, even if that was another process.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import httpx2
import huggingface_hub.constants as hub_constants
from huggingface_hub import get_hf_file_metadata, get_session, hf_hub_url
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import (  # type: ignore[attr-defined]  # public, but not marked so
    build_hf_headers,
    hf_raise_for_status,
)

from edgevoice.errors import HubError

# Else it asks the hub for a list of programs, and tells it from which of them we were started.
hub_constants.HF_HUB_DISABLE_TELEMETRY = True

TIMEOUT_S = 20.0
"""Seconds without a byte after which a connection counts as broken."""

_HASH = re.compile(r"[0-9a-f]{64}|[0-9a-f]{40}")
_COMMIT = re.compile(r"[0-9a-f]{40}")


class Stated(NamedTuple):
    """What the hub says about one file."""

    commit: str
    content: str
    """Its SHA-256 (large files) or git's name for it (small ones)."""
    size: int


class Broken(Exception):  # noqa: N818 — not an error yet: the next try goes on from here
    """The connection broke, or the hub was busy."""


@contextmanager
def online() -> Iterator[None]:
    """Let this process reach the hub for as long as this lasts; all else stays offline."""
    before = hub_constants.HF_HUB_OFFLINE
    hub_constants.HF_HUB_OFFLINE = False
    try:
        yield
    finally:
        hub_constants.HF_HUB_OFFLINE = before


def state(repository: str, file: str, revision: str, endpoint: str | None = None) -> Stated:
    """What the hub says about `file`; raises `HubError`, or `Broken` if one may ask again."""
    url = hf_hub_url(repository, file, revision=revision, endpoint=endpoint)
    with _understood(f"{repository}/{file}"):
        about = get_hf_file_metadata(url, timeout=TIMEOUT_S, endpoint=endpoint)
    content, commit, size = about.etag or "", about.commit_hash or "", about.size
    if not (_HASH.fullmatch(content) and _COMMIT.fullmatch(commit)) or size is None or size < 0:
        raise HubError(
            f"{repository}/{file}: the hub does not state its hash, commit and size",
            "Fetch from the hub itself (unset HF_ENDPOINT): what cannot be checked is not taken.",
        )
    return Stated(commit, content, size)


def pieces(
    repository: str, file: str, commit: str, start: int, endpoint: str | None = None
) -> Iterator[tuple[int, bytes]]:
    """The bytes of `file` from `start` on, each piece with its place in the file.

    A hub that cannot begin in the middle begins at 0. Raises `HubError` or `Broken`.
    """
    url = hf_hub_url(repository, file, revision=commit, endpoint=endpoint)
    headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    with (
        _understood(f"{repository}/{file}"),
        get_session().stream("GET", url, headers=headers, timeout=TIMEOUT_S) as answer,
    ):
        hf_raise_for_status(answer)
        place = start if answer.status_code == 206 else 0
        if place and not answer.headers.get("Content-Range", "").startswith(f"bytes {place}-"):
            raise Broken("the hub answered with another part of the file")
        for piece in answer.iter_bytes():  # as they come: a break must not cost what was here
            yield place, piece
            place += len(piece)


@contextmanager
def _understood(what: str) -> Iterator[None]:
    """Tells what may be tried again from what may not, in one line."""
    try:
        yield
    except HfHubHTTPError as error:
        status = error.response.status_code
        if status in {408, 429} or status >= 500:
            raise Broken(f"the hub answers with status {status}") from None
        reason = {401: "needs a token", 403: "needs permission", 404: "is not on the hub"}
        raise HubError(
            f"{what} {reason.get(status, f'is refused by the hub (status {status})')}",
            "Check repository, revision and file; HF_TOKEN holds a token for closed ones.",
        ) from None
    except httpx2.InvalidURL:
        raise HubError(f"{what}: HF_ENDPOINT is no address", "Correct or unset it.") from None
    except httpx2.HTTPError as error:
        raise Broken(f"the connection failed ({type(error).__name__})") from None
