"""What OpenAI's Realtime API counts and complains of, as edgevoice tells it."""

from typing import Any

from openai.types.realtime import RealtimeResponse
from websockets.exceptions import ConnectionClosed

from edgevoice.responders.realtime.session import Fault, Usage

REFUSALS = frozenset({401, 403, 404})

CODES = {
    "invalid_api_key": Fault.REFUSED,
    "model_not_found": Fault.REFUSED,
    "insufficient_quota": Fault.REFUSED,
    "session_expired": Fault.LOST,
}


def question_of(response: RealtimeResponse) -> int:
    """The number of the question that `response` answers; 0 where the service does not tell."""
    number = (response.metadata or {}).get("question", "")
    return int(number) if number.isdecimal() else 0


def usage_of(response: RealtimeResponse) -> Usage:
    """What `response` has taken, as it tells."""
    assert response.usage
    taken, given = response.usage.input_token_details, response.usage.output_token_details
    cached = taken.cached_tokens_details if taken else None
    cached_text = _count(cached.text_tokens if cached else 0)
    cached_audio = _count(cached.audio_tokens if cached else 0)
    return Usage(
        text_in=max(0, _count(taken.text_tokens if taken else 0) - cached_text),
        audio_in=max(0, _count(taken.audio_tokens if taken else 0) - cached_audio),
        cached_text_in=cached_text,
        cached_audio_in=cached_audio,
        text_out=_count(given.text_tokens if given else 0),
        audio_out=_count(given.audio_tokens if given else 0),
    )


def _count(tokens: int | None) -> int:
    """A number of tokens, which the service may leave out; nobody gives any back."""
    return max(0, int(tokens or 0))


def fault_of(error: Any) -> Fault:
    """What an error that the service tells of is to us."""
    code, kind = (str(getattr(error, name, None) or "") for name in ("code", "type"))
    if code in CODES:
        return CODES[code]
    if "rate_limit" in code or "rate_limit" in kind:
        return Fault.RATE_LIMITED
    return Fault.BUSY if kind == "server_error" else Fault.REJECTED


def refusal_of(status: int) -> Fault:
    """What it is to us that no connection was opened, by the HTTP status."""
    if status == 429:
        return Fault.RATE_LIMITED
    return Fault.REFUSED if status in REFUSALS else Fault.BUSY


def broken_of(error: BaseException, otherwise: Fault) -> Fault:
    """What the end of a connection is to us: services tell by it that they refuse us."""
    if isinstance(error, ConnectionClosed) and error.rcvd:
        if "rate_limit" in error.rcvd.reason:
            return Fault.RATE_LIMITED
        return Fault.REFUSED if error.rcvd.code in (1008, 3000) else Fault.LOST
    return otherwise


def plain_code(code: str) -> str:
    """A code of theirs for our log, where no sentence may stand."""
    return code if len(code) <= 60 and code.replace("_", "").isalnum() else "unknown"
