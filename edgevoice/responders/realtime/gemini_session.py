"""Google's Gemini Live API over a WebSocket, as `google-genai` speaks it.

We tell when a person speaks (automatic activity detection is off), so nothing is answered unasked,
and what they say while a reply is made does not break it off. There is no way to take anything
back: neither a voice that was sent nor a reply that was made faster than it was heard, and newer
models take text of the past at the beginning only. So a session that has gone astray is given up,
and the next one is told the conversation as it was heard. Where none has, a handle brings back what
the service remembers, so that it need not be told anew.

https://ai.google.dev/api/live
"""

import asyncio
import logging
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, suppress
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from google.genai import Client
from google.genai.client import DebugConfig
from google.genai.errors import APIError
from google.genai.live import AsyncSession
from google.genai.types import (
    ActivityEnd,
    ActivityHandling,
    ActivityStart,
    AudioTranscriptionConfig,
    AutomaticActivityDetection,
    Blob,
    Content,
    HistoryConfig,
    HttpOptions,
    LiveConnectConfig,
    LiveServerContent,
    LiveServerMessage,
    MediaModality,
    Modality,
    ModalityTokenCount,
    Part,
    PrebuiltVoiceConfig,
    RealtimeInputConfig,
    SessionResumptionConfig,
    SpeechConfig,
    UsageMetadata,
    VoiceConfig,
)
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from edgevoice.audio.chunk import LISTENING_RATE, Samples
from edgevoice.dialog.history import Message
from edgevoice.responders.realtime.session import (
    CloudError,
    Done,
    Event,
    Expiring,
    Fault,
    Interrupted,
    Resumable,
    SoundPiece,
    TextPiece,
    Usage,
)

log = logging.getLogger(__name__)

GOOGLE = "https://generativelanguage.googleapis.com"
VERSION = "v1beta"

LONGEST_S = 10 * 60
"""The service ends a connection after about ten minutes."""

HEARS = f"audio/pcm;rate={LISTENING_RATE}"

UNREAD_BYTES = 16 * 1024
"""Of what we send, so much may wait in our own buffers: a third of a second of voice."""

CLOSE_S = 0.2
"""How long a service may take to say goodbye."""

LARGEST = 4 * 2**20
"""Bytes of a message: a minute of sound in one piece would fit."""

REFUSALS = frozenset({400, 401, 403, 404, 1007, 1008})
"""Answers to who would like to connect, of HTTP and of WebSocket: not with this key, or model."""

ENDS = Done | Interrupted

EXHAUSTED = ("quota", "exhausted", "rate limit", "rate_limit")

NONSENSE = (ArithmeticError, LookupError, AttributeError, TypeError, ValueError, RecursionError)
"""What the package stumbles with over no JSON, half of it, or one that is no message. Whoever sends
that cannot be trusted to have sent the rest whole."""


@dataclass(frozen=True, slots=True)
class GeminiSettings:
    """`base_url` empty: Google's own; another one must be `https`, as the package speaks nothing
    else. `voice` empty: the service's choice. `max_tokens`: longest reply."""

    api_key: str
    model: str
    voice: str = ""
    base_url: str = ""
    max_tokens: int = 1024
    connect_s: float = 5.0


def client_of(settings: GeminiSettings) -> Client:
    """What sessions are made with; to make one takes a while.

    All is said that the package would otherwise look for in the environment: another key or
    address, another service of Google's, a folder to write down everything. Nor does it write down
    what it does not know of that comes.
    """
    warnings.filterwarnings("ignore", category=UserWarning, module=r"google\.genai")
    return Client(
        vertexai=False,
        api_key=settings.api_key,
        debug_config=DebugConfig(client_mode=None, replays_directory=None, replay_id=None),
        http_options=HttpOptions(
            base_url=settings.base_url.rstrip("/") or GOOGLE,
            api_version=VERSION,
            async_client_args={
                "write_limit": UNREAD_BYTES,
                "close_timeout": CLOSE_S,
                "max_size": LARGEST,
                "compression": None,
            },
        ),
    )


class GeminiSession:
    """A `RealtimeSession` with Gemini Live, or whoever speaks like it."""

    longest_s: float = LONGEST_S
    amendable = False

    def __init__(self, settings: GeminiSettings, client: Client) -> None:
        self._settings = settings
        self._client = client
        self._held = AsyncExitStack()  # the connection
        self._live: AsyncSession | None = None
        self._hearing = False  # whether the person has begun to speak
        self._wanted = False  # whether the reply to the last question is
        self._made = False  # whether a reply is, whose turn is not complete yet
        self._closed = False

    async def connect(self, opening: Sequence[Message], handle: str = "") -> None:
        try:
            async with asyncio.timeout(self._settings.connect_s):
                try:
                    await self._open(opening, handle)
                except APIError:
                    if not handle:
                        raise
                    log.info("realtime: a session was forgotten")
                    await self._open(opening)
        except TimeoutError:
            raise CloudError(Fault.STALLED) from None
        except InvalidStatus as error:
            raise CloudError(_refusal(error.response.status_code)) from None
        except APIError as error:
            raise CloudError(_refusal(_code(error), str(error.details))) from None
        except (OSError, WebSocketException) as error:
            log.info("realtime: no connection (%s)", type(error).__name__)
            raise CloudError(Fault.UNREACHABLE) from None
        except NONSENSE:
            raise CloudError(Fault.GARBLED) from None

    async def add(self, messages: Sequence[Message]) -> None:
        self._cannot()

    async def send_audio(self, pcm: Samples) -> None:
        if not self._hearing:
            self._hearing = True
            await self._send(activity_start=ActivityStart())
        await self._send(audio=Blob(data=pcm.astype("<i2").tobytes(), mime_type=HEARS))

    async def clear_audio(self) -> None:
        self._cannot()

    async def ask(self, words: str | None = None) -> None:
        if words is not None:
            await self._send(activity_start=ActivityStart())
            await self._send(text=words)
        self._wanted, self._hearing = True, False
        await self._send(activity_end=ActivityEnd())

    async def stop(self) -> None:
        self._wanted = False

    async def truncate(self, heard_ms: float) -> None:
        self._cannot()

    async def events(self) -> AsyncIterator[Event]:
        assert self._live
        while not self._closed:
            turn: Any = self._live.receive()  # ends with a turn, and not with the connection
            async with aclosing(turn):
                while (events := await self._next(turn)) is not None:
                    for event in events:
                        yield event

    async def close(self) -> None:
        self._closed = True
        with suppress(Exception):  # whatever it says now, we have hung up
            await self._held.aclose()

    async def _open(self, opening: Sequence[Message], handle: str = "") -> None:
        said = [each for each in opening if each.role in ("user", "assistant")]
        turns: list[Any] = [] if handle else [_turn(each) for each in said if each.content.strip()]
        system = "\n\n".join(each.content for each in opening if each.role == "system")
        config = self._config(system, handle, replayed=bool(turns))
        manager = self._client.aio.live.connect(model=self._settings.model, config=config)
        self._live = await self._held.enter_async_context(manager)
        if self._live.setup_complete is None:
            raise CloudError(Fault.GARBLED)
        if turns:
            # "Complete" is the past; it is not answered.
            await self._live.send_client_content(turns=turns, turn_complete=True)

    def _config(self, system: str, handle: str, replayed: bool) -> LiveConnectConfig:
        voice = self._settings.voice
        speech = VoiceConfig(prebuilt_voice_config=PrebuiltVoiceConfig(voice_name=voice))
        return LiveConnectConfig(
            response_modalities=[Modality.AUDIO],
            system_instruction=system or None,
            max_output_tokens=self._settings.max_tokens,
            speech_config=SpeechConfig(voice_config=speech) if voice else None,
            output_audio_transcription=AudioTranscriptionConfig(),
            realtime_input_config=RealtimeInputConfig(
                automatic_activity_detection=AutomaticActivityDetection(disabled=True),
                activity_handling=ActivityHandling.NO_INTERRUPTION,
            ),
            history_config=HistoryConfig(initial_history_in_client_content=True)
            if replayed
            else None,
            session_resumption=SessionResumptionConfig(handle=handle or None),
        )

    def _cannot(self) -> NoReturn:
        raise CloudError(Fault.REJECTED)

    async def _send(self, **what: Any) -> None:
        assert self._live
        try:
            await self._live.send_realtime_input(**what)
        except ConnectionClosed as error:
            end = error.rcvd
            raise CloudError(_broken(end.code if end else 0, end.reason if end else "")) from None
        except OSError:
            raise CloudError(Fault.LOST) from None

    async def _next(self, turn: AsyncIterator[LiveServerMessage]) -> list[Event] | None:
        """What the next message of `turn` tells; None where there is none."""
        try:
            message = await anext(turn, None)
            return None if message is None else self._understood(message)
        except APIError as error:
            if self._closed:
                return None
            raise CloudError(_broken(_code(error), str(error.details))) from None
        except OSError:
            raise CloudError(Fault.LOST) from None
        except NONSENSE:
            raise CloudError(Fault.GARBLED) from None

    def _understood(self, message: LiveServerMessage) -> list[Event]:
        """A message may hold several things."""
        events: list[Event] = []
        if message.usage_metadata:
            events.append(_usage(message.usage_metadata))
        if message.go_away:
            events.append(Expiring(_seconds(message.go_away.time_left)))
        if update := message.session_resumption_update:
            events.append(Resumable((update.new_handle or "") if update.resumable else ""))
        if content := message.server_content:
            reply = self._reply(content)
            events += reply if self._wanted else []
            self._wanted = self._wanted and not any(isinstance(each, ENDS) for each in reply)
        return events

    def _reply(self, content: LiveServerContent) -> list[Event]:
        # The turn may be complete much later, when the service thinks that all was heard; by then
        # the next question may have been asked, and words may come that belong to the last reply.
        events: list[Event] = []
        for part in (content.model_turn and content.model_turn.parts) or []:
            if part.inline_data and part.inline_data.data:
                sound = np.frombuffer(part.inline_data.data, "<i2").astype(np.int16)
                events.append(SoundPiece(sound))
                self._made = False
        if (said := content.output_transcription) and said.text and not self._made:
            events.insert(0, TextPiece(said.text))
        if content.interrupted:
            events.append(Interrupted())
        elif content.generation_complete or (content.turn_complete and not self._made):
            events.append(Done())
        made = self._made or content.interrupted or content.generation_complete
        self._made = bool(made and not content.turn_complete)
        return events


def _turn(message: Message) -> Content:
    role = "user" if message.role == "user" else "model"
    return Content(role=role, parts=[Part(text=message.content)])


def _usage(usage: UsageMetadata) -> Usage:
    """What `usage` tells. What is told without its kind counts as text if it was taken, and as
    sound, which is dearer, if it was given; thoughts are text."""
    taken, given = _kinds(usage.prompt_tokens_details), _kinds(usage.response_tokens_details)
    cached = _kinds(usage.cache_tokens_details)
    sound = MediaModality.AUDIO
    audio_in, audio_out = taken.get(sound, 0), given.get(sound, 0)
    cached_audio, cached_all = cached.get(sound, 0), _count(usage.cached_content_token_count)
    cached_text = max(cached_all, sum(cached.values())) - cached_audio
    text_in = max(_count(usage.prompt_token_count), sum(taken.values())) - audio_in
    text_out = sum(given.values()) - audio_out
    untold = max(0, _count(usage.response_token_count) - sum(given.values()))
    return Usage(
        text_in=max(0, text_in - cached_text),
        audio_in=max(0, audio_in - cached_audio),
        cached_text_in=cached_text,
        cached_audio_in=cached_audio,
        text_out=text_out + _count(usage.thoughts_token_count),
        audio_out=audio_out + untold,
    )


def _kinds(details: list[ModalityTokenCount] | None) -> dict[MediaModality, int]:
    kinds: dict[MediaModality, int] = {}
    for each in details or []:
        kind = each.modality or MediaModality.MODALITY_UNSPECIFIED
        kinds[kind] = kinds.get(kind, 0) + _count(each.token_count)
    return kinds


def _count(tokens: int | None) -> int:
    """A number of tokens, which the service may leave out; nobody gives any back."""
    return max(0, tokens or 0)


def _seconds(duration: str | None) -> float:
    """A duration as Google writes it ("9.5s"); 0 where there is none."""
    seconds = float((duration or "0s").removesuffix("s"))
    return max(0.0, seconds) if np.isfinite(seconds) else 0.0


def _code(error: APIError) -> int:
    code: Any = error.code
    return code if isinstance(code, int) else 0


def _refusal(code: int, reason: str = "") -> Fault:
    """Why a connection was not agreed to."""
    if _exhausted(code, reason):
        return Fault.RATE_LIMITED
    return Fault.REFUSED if code in REFUSALS else Fault.BUSY


def _broken(code: int, reason: str) -> Fault:
    """Why a connection ended."""
    log.info("realtime: the connection ended (%d)", code)
    if _exhausted(code, reason):
        return Fault.RATE_LIMITED
    if code in (401, 403):
        return Fault.REFUSED
    if code in (400, 1007):  # an argument that is none
        return Fault.REJECTED
    return Fault.BUSY if code == 1011 or 500 <= code < 600 else Fault.LOST


def _exhausted(code: int, reason: str) -> bool:
    """Whether it is too much for now: the service closes with a common code, and says so."""
    return code == 429 or any(each in reason.lower() for each in EXHAUSTED)
