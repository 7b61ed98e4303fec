"""Engines that do as a script says: for tests, here and in programs that build on edgevoice.

    with ScriptedChat(["Hello there.", "Goodbye."]) as chat:
        ...

A script that was not used up fails on the way out; asking beyond it fails at once. An exception in
a script is raised when its turn comes.
"""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Generic, Self, TypeVar

import numpy as np

from edgevoice.audio.chunk import AudioChunk, Samples
from edgevoice.engines.base import NEVER, Message, Stop, ToolCall, ToolSpec, Transcript
from edgevoice.engines.blocks import blocks
from edgevoice.engines.prefix import reusable

Line = TypeVar("Line")


class ScriptNotUsedUp(AssertionError):  # noqa: N818
    """The conversation ended before its script did."""


class ScriptExceeded(AssertionError):  # noqa: N818
    """The conversation asked for more than its script has."""


class _Scripted(Generic[Line]):
    """Lines that are used one after the other."""

    def __init__(self, script: Sequence[Line | Exception]) -> None:
        self._script = list(script)
        self._used = 0

    def finish(self) -> None:
        """Raise `ScriptNotUsedUp` when lines are left."""
        if left := self._script[self._used :]:
            raise ScriptNotUsedUp(
                f"{type(self).__name__}: {len(left)} of {len(self._script)} lines were not used, "
                f"the next is {left[0]!r}"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # What went wrong on the way is the better message.
        if error is None:
            self.finish()

    def _next_line(self, asked: str) -> Line:
        if self._used == len(self._script):
            raise ScriptExceeded(
                f"{type(self).__name__}: {asked}, but all {self._used} lines are used"
            )
        line = self._script[self._used]
        self._used += 1
        if isinstance(line, Exception):
            raise line
        return line


class ScriptedVad(_Scripted[tuple[int, int]]):
    """A `Vad` that hears speech in given stretches of the stream, whatever the sound is.

    The script is a list of (first sample, sample after the last), ascending, counted from the
    first frame on; `reset` does not turn the stream back. A stretch is used up when the stream
    has gone past it.
    """

    SPEECH, SILENCE = 0.95, 0.05

    def __init__(
        self, speech: Sequence[tuple[int, int] | Exception], *, frame_samples: int = 512
    ) -> None:
        super().__init__(speech)
        self.frame_samples = frame_samples
        self.resets = 0
        self._at = 0

    def __call__(self, frame: Samples) -> float:
        if frame.shape != (self.frame_samples,):
            raise ValueError(f"a frame has shape ({self.frame_samples},), not {frame.shape}")
        begin, self._at = self._at, self._at + self.frame_samples
        spoken = 0
        for line in self._script[self._used :]:
            if isinstance(line, Exception):
                self._used += 1
                raise line
            first, end = line
            spoken += max(0, min(end, self._at) - max(first, begin))
            if end > self._at:
                break
            self._used += 1
        return self.SPEECH if 2 * spoken >= self.frame_samples else self.SILENCE

    def reset(self) -> None:
        self.resets += 1


class ScriptedTurnDetector(_Scripted[float]):
    """A `TurnDetector` that is as sure as the script says, one probability for every silence."""

    def __init__(self, finished: Sequence[float | Exception], *, window: int = 128_000) -> None:
        super().__init__(finished)
        self.window = window

    def finished(self, samples: Samples) -> float:
        if len(samples) > self.window:
            raise ValueError(f"{len(samples)} samples are more than the window of {self.window}")
        return self._next_line(f"asked about {len(samples)} samples")


class ScriptedWakeWord(_Scripted[int]):
    """A `WakeWord` that hears its name at given samples of the stream, whatever the sound is.

    `reset` does not turn the stream back.
    """

    def __init__(self, calls: Sequence[int | Exception], *, frame_samples: int = 480) -> None:
        super().__init__(calls)
        self.frame_samples = frame_samples
        self.resets = 0
        self._at = 0

    def __call__(self, frame: Samples) -> bool:
        if frame.shape != (self.frame_samples,):
            raise ValueError(f"a frame has shape ({self.frame_samples},), not {frame.shape}")
        self._at += self.frame_samples
        line = self._script[self._used] if self._used < len(self._script) else None
        if line is None or (isinstance(line, int) and line > self._at):
            return False
        self._next_line("heard our name")
        return True

    def reset(self) -> None:
        self.resets += 1


class ScriptedTranscriber(_Scripted[str | Transcript]):
    """A `Transcriber` that understands what the script says, one line for every call.

    No samples at all give an empty text, and use no line.
    """

    def __init__(
        self, transcripts: Sequence[str | Transcript | Exception], *, min_avg_logprob: float = -1.0
    ) -> None:
        super().__init__(transcripts)
        self.min_avg_logprob = min_avg_logprob

    def transcribe(self, samples: Samples, stop: Stop = NEVER) -> Transcript:
        if not len(samples):
            return Transcript("")
        line = self._next_line(f"asked to transcribe {len(samples)} samples")
        return Transcript(line) if isinstance(line, str) else line


class ScriptedChat(_Scripted[str | ToolCall]):
    """A `ChatModel` that replies as the script says, one line for every reply, word by word; a line
    may be the call of a tool.

    `evaluated_tokens` counts as a real model would whose tokens are words: what the cache holds
    already is not counted again.
    """

    def __init__(self, replies: Sequence[str | ToolCall | Exception]) -> None:
        super().__init__(replies)
        self.evaluated_tokens = 0
        self._cached: list[str] = []

    def prefill(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> None:
        if not messages or messages[-1].role != "user":
            messages = [*messages, Message("user", "")]
        tokens = [token for message in messages for token in _tokens(message)]
        self._bring(tokens[:-1], stop)

    def stream(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> Iterator[str | ToolCall]:
        if not self._evaluate_prompt(messages, stop):
            return
        reply = self._next_line(f"asked for a reply to {len(messages)} messages")
        if isinstance(reply, ToolCall):
            yield reply
            return
        for n, word in enumerate(reply.split()):
            yield f" {word}" if n else word
            if stop.is_set():
                return
            self._evaluate(word)

    def forget(self) -> None:
        self._cached.clear()

    def _evaluate_prompt(self, messages: Sequence[Message], stop: Stop) -> bool:
        tokens = [token for message in messages for token in _tokens(message)]
        if messages and messages[-1].role in ("user", "tool"):
            tokens.append("<assistant>")
        return self._bring(tokens, stop)

    def _bring(self, tokens: Sequence[str], stop: Stop) -> bool:
        known = reusable(self._cached, tokens)
        if known < len(tokens) and not stop.is_set():
            del self._cached[known:]
        for token in tokens[known:]:
            if stop.is_set():
                return False
            self._evaluate(token)
        return bool(tokens) and not stop.is_set()

    def _evaluate(self, token: str) -> None:
        self._cached.append(token)
        self.evaluated_tokens += 1


def _tokens(message: Message) -> list[str]:
    calls = [call.text for call in message.calls]
    return [f"<{message.role}>", *message.content.split(), *calls, "<end>"]


class ScriptedVoice(_Scripted[str]):
    """A `Voice` whose sound tells what it says.

    Every character lasts `samples_per_character`, and each of its samples has the value
    `1000 * n + code`: `n` (1 to 30, then again from 1) counts the calls, `code` is the character's
    code point modulo 1000. White space alone is no sound. With a script, texts must come as it
    says; without one (None), any text may come.
    """

    def __init__(
        self,
        texts: Sequence[str | Exception] | None = None,
        *,
        rate: int = 16_000,
        samples_per_character: int = 800,
    ) -> None:
        super().__init__(texts or [])
        self.rate = rate
        self._any_text = texts is None
        self._samples_per_character = samples_per_character
        self._calls = 0

    def synthesize(self, text: str, stop: Stop) -> Iterator[AudioChunk]:
        if stop.is_set() or not text.strip():
            return
        if not self._any_text:
            expected = self._next_line("asked to speak")
            assert text == expected, f"ScriptedVoice: spoke {text!r} instead of {expected!r}"
        call = self._calls % 30 + 1
        self._calls += 1
        codes = [1000 * call + ord(character) % 1000 for character in text]
        pcm = np.repeat(np.array(codes, np.int16), self._samples_per_character)
        yield from blocks(pcm, self.rate, stop)
