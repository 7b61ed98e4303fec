"""What the rest of edgevoice expects of an engine.

Engines are blocking and single-threaded: a worker (`engines/workers.py`) owns the thread that
calls them. Whatever takes long looks at its `stop` flag at every token, clause or block, and
returns early when it is set. Engines raise `ModelError` when their files cannot be used (while
they are constructed) and `EngineError` when they fail at work.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from edgevoice.audio.chunk import AudioChunk, Samples
from edgevoice.dialog.calls import ToolCall as ToolCall
from edgevoice.dialog.calls import ToolSpec as ToolSpec
from edgevoice.dialog.history import Message as Message


class Stop(Protocol):
    """A flag that an engine looks at; `threading.Event` is one."""

    def is_set(self) -> bool:
        """Whether the engine should stop now."""
        ...


class _Never:
    """A `Stop` that is never set."""

    def is_set(self) -> bool:
        return False


NEVER: Stop = _Never()
"""For whoever waits for the end in any case."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a transcriber understood.

    `text` is empty when nothing was said. `avg_logprob` is the mean natural-log probability of
    the decoded tokens (0 is certain); the listener holds it against the model's gate.
    """

    text: str
    avg_logprob: float = 0.0


class Vad(Protocol):
    """Voice activity detection, one frame after the other; state is carried between frames."""

    frame_samples: int
    """Length of a frame at 16 kHz (Silero: 512, which is 32 ms)."""

    def __call__(self, frame: Samples) -> float:
        """Probability, 0…1, that `frame` (shape `[frame_samples]`, 16 kHz) holds speech."""
        ...

    def reset(self) -> None:
        """Forget the stream so far."""
        ...


class WakeWord(Protocol):
    """Hears our name, one frame after the other; state is carried between frames."""

    frame_samples: int
    """Length of a frame at 16 kHz."""

    def __call__(self, frame: Samples) -> bool:
        """Whether the wake word has just been said, at the end of `frame`; once for each time."""
        ...

    def reset(self) -> None:
        """Forget the stream so far."""
        ...


class TurnDetector(Protocol):
    """Hears by the tone of voice whether a person has finished."""

    window: int
    """Samples (16 kHz) that it looks back on."""

    def finished(self, samples: Samples) -> float:
        """Probability, 0…1, that the person's turn ends with `samples` (16 kHz, shape `[n]`), the
        silence at its end included.
        """
        ...


class Transcriber(Protocol):
    """Speech to text, one utterance at a time."""

    min_avg_logprob: float
    """The gate: below this `Transcript.avg_logprob` the model is more often wrong than right."""

    def transcribe(self, samples: Samples, stop: Stop = NEVER) -> Transcript:
        """What is said in `samples` (16 kHz, shape `[n]`); silence gives an empty text.

        So does `stop`, which is looked at between the steps of the work.
        """
        ...


class ChatModel(Protocol):
    """A language model that continues a conversation."""

    @property
    def evaluated_tokens(self) -> int:
        """Prompt and reply tokens evaluated since construction: what prefix reuse saves shows."""
        ...

    def prefill(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> None:
        """Bring `messages` into the model's cache, so that a reply to them starts sooner.

        The last message may be unfinished: going on with it costs only what is new. `tools`: as
        for the reply.
        """
        ...

    def stream(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> Iterator[str | ToolCall]:
        """The reply to `messages`, piece by piece as it is generated.

        The model may call one of `tools`: then a `ToolCall` is the last piece, and it fits the
        tool's schema. Keep them the same through a conversation: they stand in its prompt.
        """
        ...

    def forget(self) -> None:
        """Wipe every word that was read or written from the model's cache."""
        ...


def words_of(pieces: Iterable[str | ToolCall]) -> str:
    """What a reply in `pieces` says."""
    return "".join(piece for piece in pieces if isinstance(piece, str))


@runtime_checkable
class Eased(Protocol):
    """An engine that can do with less, as when the board is hot."""

    def ease(self, share: float) -> None:
        """From its next work on, use this share of its threads and effort; 1: all again.

        May be called from any thread.
        """
        ...


@runtime_checkable
class Guarded(Protocol):
    """A `ChatModel` that is behind breakers."""

    @property
    def given_up(self) -> bool:
        """Whether it is not even tried just now, because it has failed again and again."""
        ...


@runtime_checkable
class Priced(Protocol):
    """A `ChatModel` that knows how much of its context tools take."""

    def price(self, tools: Sequence[ToolSpec]) -> int:
        """Tokens of a prompt that tell of `tools`. May be called from any thread."""
        ...


class Voice(Protocol):
    """Text to speech."""

    rate: int
    """Hertz of the chunks that `synthesize` yields."""

    def synthesize(self, text: str, stop: Stop) -> Iterator[AudioChunk]:
        """`text` (a clause, made speakable already) as sound; `start` counts from 0 per call."""
        ...
