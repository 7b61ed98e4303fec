"""What happened in a conversation, and when.

The `Journal` gives everything that happens its moment on the conversation's clock (samples at
16 kHz since the microphone was opened) and passes it on to whoever watches: a terminal, a
`Recorder`, a test. Nobody else in edgevoice asks for the time.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from edgevoice.audio.chunk import LISTENING_RATE, milliseconds_of
from edgevoice.dialog.events import (
    Announced,
    ClauseWritten,
    CuePlayed,
    DraftDropped,
    Event,
    Misunderstood,
    Note,
    NothingSaid,
    PartialHeard,
    Prefilled,
    ReplyStarted,
    Routed,
    SoundMade,
    SpeechEnded,
    SpeechPaused,
    TokenWritten,
    ToolUsed,
    TurnDone,
    TurnFailed,
    TurnStarted,
    Understood,
)

log = logging.getLogger(__name__)

Observer = Callable[[Event | Note], None]
"""Is told of everything that happens; must be quick and must not raise."""


class Journal:
    """Dates what happens, and tells the observers."""

    def __init__(self, observers: Sequence[Observer] = ()) -> None:
        self._observers = tuple(observers)
        self._sample = 0
        self._period = 0
        self._time = 0.0
        self._latest = 0

    def take_over(self, before: "Journal") -> None:
        """Go on with the time where `before` has come to."""
        self._sample, self._period = before._sample, before._period
        self._time, self._latest = before._time, before._latest

    def tick(self, sample: int) -> None:
        """The microphone has delivered everything before `sample`."""
        self._period, self._sample = sample - self._sample, sample
        self._time = asyncio.get_running_loop().time()

    def now(self) -> int:
        """The present moment in samples, between two ticks too; never earlier than before.

        A tick that is late does not make it later: the next one begins where this period ends, and
        what the loudspeaker takes then was made before.
        """
        if self._sample:
            passed = round((asyncio.get_running_loop().time() - self._time) * LISTENING_RATE)
            self._latest = max(self._latest, self._sample + min(passed, self._period))
        return self._latest

    def publish(self, what: Event | Note) -> None:
        """Tell the observers."""
        for observer in self._observers:
            observer(what)


@dataclass(slots=True)
class TurnReport:
    """One turn: what the person said, what we answered, and when. Moments are in samples.

    Moments are None while, or if, they did not happen; those of a reply that was drafted in time
    lie before the `endpoint`. A turn in which we asked the person to say it again has `understood`
    False. `prompt_tokens` were evaluated between the final transcript and the first token,
    `prefilled_tokens` while the person spoke; `written_tokens` is the length of the reply.
    `wasted_tokens` and `wasted_ms` were evaluated and made for drafts that were dropped. `route`:
    who wrote the reply; `tools`: what was used for it, and whether that did what it was asked to.
    `unasked`: nobody said anything, a timer rang.
    """

    number: int = 0
    user: str = ""
    understood: bool = True
    avg_logprob: float = 0.0
    agent: str = ""
    heard: str = ""
    interrupted: bool = False
    failed: str = ""
    speech_start: int = 0
    speech_end: int = 0
    soft_end: int | None = None
    endpoint: int = 0
    transcript: int = 0
    first_token: int | None = None
    first_clause: int | None = None
    first_sound: int | None = None
    reply_start: int | None = None
    reply_end: int | None = None
    partials: list[tuple[int, str]] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    clauses: list[tuple[int, str]] = field(default_factory=list)
    sounds: list[int] = field(default_factory=list)
    sound_ms: float = 0.0
    prompt_tokens: int = 0
    prefilled_tokens: int = 0
    evaluated_tokens: int = 0
    drafts_dropped: int = 0
    wasted_tokens: int = 0
    wasted_ms: float = 0.0
    cued: bool = False
    route: str = ""
    tools: list[tuple[str, bool]] = field(default_factory=list)
    unasked: bool = False

    @property
    def written_tokens(self) -> int:
        """Length of the reply, as far as it was written."""
        return len(self.tokens)

    @property
    def unsaid(self) -> str:
        """The part of the reply that was written in vain."""
        return self.agent.removeprefix(self.heard) if self.interrupted else ""

    @property
    def response_ms(self) -> float | None:
        """The person's last voiced sample → our first, in milliseconds."""
        if self.reply_start is None or self.unasked:
            return None
        return milliseconds_of(self.reply_start - self.speech_end)

    def stages_ms(self) -> dict[str, float | None]:
        """Where the response time went: consecutive stages, which add up to `response_ms`.

        Their order is that in which they happened: of a reply that was ready at the endpoint, the
        endpoint is the last but one. A stage that did not happen (a reply cut off, a sentence
        without the language model) is None, and its time belongs to the next.
        """
        moments = {
            "endpoint": self.endpoint,
            "stt_final": self.transcript,
            "llm_first_token": self.first_token,
            "llm_first_clause": self.first_clause,
            "tts_first_chunk": self.first_sound,
            "playback": self.reply_start,
        }
        if self.unasked:
            return dict.fromkeys(moments)
        happened = [(moment, name) for name, moment in moments.items() if moment is not None]
        stages: dict[str, float | None] = {}
        before = self.speech_end
        for moment, name in sorted(happened, key=lambda one: one[0]):
            stages[name] = milliseconds_of(moment - before)
            before = moment
        return stages | {name: None for name, moment in moments.items() if moment is None}

    def without_draft(self) -> "TurnReport":
        """This report after its draft was dropped: the work is counted as waste."""
        return TurnReport(
            speech_start=self.speech_start,
            partials=self.partials,
            prefilled_tokens=self.prefilled_tokens,
            drafts_dropped=self.drafts_dropped + 1,
            wasted_tokens=self.wasted_tokens + self.evaluated_tokens,
            wasted_ms=self.wasted_ms + self.sound_ms,
        )


class Recorder:
    """An observer that writes the report of every turn; `turns` grows as turns begin."""

    def __init__(self) -> None:
        self.turns: list[TurnReport] = []
        self._next = TurnReport()
        self._ours = False  # whether the latest turn is going on: the rest is about the next one

    def __call__(self, what: Event | Note) -> None:
        """Take note of `what`."""
        match what:
            case PartialHeard(at=at, text=text):
                self._next.partials.append((at, text))
            case Prefilled(tokens=tokens):
                self._next.prefilled_tokens += tokens
            case SpeechPaused(at=at, end=end):
                self._next.soft_end, self._next.speech_end = at, end
            case SpeechEnded(at=at, end=end):
                self._next.endpoint, self._next.speech_end = at, end
            case Understood() | Misunderstood():
                self._words(what)
            case NothingSaid():
                self._next.partials.clear()  # a television may talk for days
            case DraftDropped():
                self._next = self._next.without_draft()
            case Announced():
                self._next = TurnReport(unasked=True)
            case TurnStarted(turn=number):
                self._next.number = number
                self.turns.append(self._next)
                self._next = TurnReport()
                self._ours = True
            case _:
                self._of_reply(self.turns[-1] if self._ours else self._next, what)
                self._ours = self._ours and not isinstance(what, TurnDone)

    def _words(self, what: Understood | Misunderstood) -> None:
        turn = self._next
        turn.transcript, turn.user, turn.avg_logprob = what.at, what.text, what.avg_logprob
        turn.understood = isinstance(what, Understood)
        turn.speech_start = what.start
        # What was heard before this utterance belonged to one that held nothing for us.
        turn.partials = [partial for partial in turn.partials if partial[0] > what.start]

    def _of_reply(self, turn: TurnReport, what: Event | Note) -> None:
        match what:
            case TokenWritten(at=at, text=text, evaluated=evaluated):
                if turn.first_token is None:
                    turn.first_token, turn.prompt_tokens = at, evaluated
                turn.evaluated_tokens = evaluated
                turn.tokens.append(at)
                turn.agent += text
            case ClauseWritten(at=at, text=text):
                turn.first_clause = turn.first_clause or at
                turn.clauses.append((at, text))
            case SoundMade(at=at, samples=samples, rate=rate):
                turn.first_sound = turn.first_sound or at
                turn.sounds.append(at)
                turn.sound_ms += 1000 * samples / rate
            case Routed(route=route):
                turn.route = route
            case ToolUsed(name=name, ok=ok):
                turn.tools.append((name, ok))
            case CuePlayed():
                turn.cued = True
            case ReplyStarted(at=at):
                turn.reply_start = at
            case TurnFailed(stage=stage):
                turn.failed = stage
            case TurnDone(at=at, text=text, heard=heard, interrupted=interrupted):
                turn.reply_end, turn.heard, turn.interrupted = at, heard, interrupted
                # The model may have been ahead of the voice; what a tool says has no tokens.
                turn.agent = max(turn.agent, text, key=len)


class TurnLog:
    """An observer that logs every turn when it is over: numbers and times, never a word."""

    def __init__(self) -> None:
        self._recorder = Recorder()

    def __call__(self, what: Event | Note) -> None:
        """Take note of `what`."""
        self._recorder(what)
        if isinstance(what, TurnDone) and self._recorder.turns:
            turn = self._recorder.turns.pop()
            stages = ", ".join(
                f"{name} {ms:.0f}" for name, ms in turn.stages_ms().items() if ms is not None
            )
            response = turn.response_ms
            heard = "never heard" if turn.reply_start is None else "unasked"
            log.info(
                "turn %d: %s, %s (%s)",
                turn.number,
                "interrupted" if turn.interrupted else "complete",
                heard if response is None else f"response {response:.0f} ms",
                stages,
            )
