"""A reply that a realtime service makes and speaks, in our own conversation.

What the person said stays what our own transcriber has understood, what we said is the service's
own transcript, and both go where everything that was said goes. Nothing is asked for a draft: it
would cost, and most drafts are thrown away.
"""

import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from edgevoice.audio.chunk import AudioChunk
from edgevoice.audio.resample import Resampler
from edgevoice.dialog.events import ClauseWritten, SoundMade
from edgevoice.dialog.history import Message
from edgevoice.report import Journal
from edgevoice.responders.base import Ending, Request, Responder, Speech
from edgevoice.responders.realtime.aligning import Aligner
from edgevoice.responders.realtime.answer import Answer, Question
from edgevoice.responders.realtime.line import Line
from edgevoice.responders.realtime.replay import before_the_question
from edgevoice.responders.realtime.session import (
    SPEAKING_RATE,
    CloudError,
    Done,
    Failed,
    Fault,
    Interrupted,
    SoundPiece,
    TextPiece,
)

LAST_PATIENCE_S = 5.0
"""How long we wait for a service when nobody else can answer."""


class RealtimeResponder(Responder):
    """Answers over a `Line`, which outlives it: settings change, the line stays."""

    def __init__(self, line: Line, rate: int, journal: Journal) -> None:
        """`rate`: hertz of all that is played, as a loudspeaker changes its rate for nobody."""
        self._line = line
        self._rate = rate
        self._journal = journal
        self._asked = False  # whether the last reply has got as far as that
        self._unheard = ""  # words that the service did not hear, and nobody has answered

    async def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        """Know what to begin a session with."""
        self._line.tell(messages)

    def hear(self, chunk: AudioChunk, fresh: bool) -> None:
        """Send the voice on, as far as that may be."""
        self._line.voice(chunk.pcm, fresh)

    async def reply(self, request: Request) -> AsyncGenerator[Speech, None]:
        """The service's reply; raises `CloudError`."""
        async with aclosing(self.answer(request, LAST_PATIENCE_S)) as pieces:
            async for speech in pieces:
                yield speech

    def ended(self, ending: Ending) -> None:
        """Let the service know what was heard."""
        if self._asked:
            self._line.ended(ending.heard, ending.heard_ms, ending.interrupted)
            self._asked = False

    def deaf(self) -> None:
        """What the person says now is not for the service."""
        self._line.deaf()

    def missed(self, words: str) -> None:
        """The person said `words` while somebody else was to answer, and heard nothing."""
        self._unheard = words

    async def forget(self) -> None:
        """Hang up; a new session knows nothing."""
        self._unheard = ""
        await self._line.forget()

    async def answer(
        self, request: Request, patience_s: float, words: str | None = None
    ) -> AsyncGenerator[Speech, None]:
        """The reply to `request`, when it is certain. `patience_s`: seconds in which it must begin,
        and between its pieces. `words`: the question, if it is another than the person's words.

        Raises `CloudError`.
        """
        self._asked = False
        await request.certain.wait()
        missed = bool(self._unheard) and request.words.startswith(self._unheard)
        voiced = words is None and not missed and self._line.whole
        before = before_the_question(request.messages)
        answer = self._line.ask(Question(before, words or request.words, request.words, voiced))
        self._asked, self._unheard = True, ""
        try:
            async with aclosing(self._speak(answer, patience_s, request.stop)) as pieces:
                async for speech in pieces:
                    self._publish(speech)
                    yield speech
        except CloudError as error:
            if error.fault is Fault.STALLED:
                self._line.give_up(Fault.STALLED)
            raise
        finally:
            self._line.stop(answer)

    async def _speak(
        self, answer: Answer, patience_s: float, stop: threading.Event
    ) -> AsyncGenerator[Speech, None]:
        aligner, resampler = Aligner(self._rate), Resampler(SPEAKING_RATE, self._rate, "LQ")
        sounded = False
        while not stop.is_set():
            match event := await answer.next(patience_s):
                case TextPiece(text=text):
                    aligner.text(text)
                case SoundPiece(pcm=pcm):
                    aligner.sound(resampler.add(pcm))
                case Done():
                    aligner.sound(resampler.finish())
                    aligner.finish()
                case Failed(fault=fault):
                    raise CloudError(fault)
                case Interrupted():
                    raise CloudError(Fault.REJECTED)
            if answer.waiting:
                continue  # the more is known, the better words and sound fit together
            for speech in aligner.take():
                sounded = sounded or len(speech.chunk.pcm) > 0
                yield speech
                if stop.is_set():
                    return
            if isinstance(event, Done):
                if not sounded:
                    raise CloudError(Fault.REJECTED)
                return

    def _publish(self, speech: Speech) -> None:
        now = self._journal.now()
        if speech.text:
            self._journal.publish(ClauseWritten(now, speech.text))
        else:
            self._journal.publish(SoundMade(now, len(speech.chunk.pcm), speech.chunk.rate))
