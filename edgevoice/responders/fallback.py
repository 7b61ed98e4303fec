"""Two that can answer, ourselves and a service on the internet, and how one takes over.

A reply is one's or the other's: the second begins only if nothing was heard of the first. A clause
is held back until its sound is there, so that no words of a reply that was given up are remembered.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from edgevoice.audio.chunk import AudioChunk, milliseconds_of
from edgevoice.dialog.events import Event, Misunderstood, Note, Understood
from edgevoice.dialog.fallback import (
    Ailment,
    Health,
    Side,
    Situation,
    When,
    asked_for,
    wanted,
    who_answers,
)
from edgevoice.dialog.history import Message
from edgevoice.errors import EngineError
from edgevoice.responders.base import Ending, Request, Responder, Speech
from edgevoice.responders.realtime.line import Line
from edgevoice.responders.realtime.responder import LAST_PATIENCE_S, RealtimeResponder
from edgevoice.responders.realtime.session import CloudError, Fault

HELPLESS = frozenset({Ailment.FAILING, Ailment.BROKEN})
"""Where we could hardly answer in the service's place, so that it may take its time."""


Keeps = Callable[[Request], bool]
"""Whether a request wants something that only we can do, such as a timer; must be quick."""


@dataclass(frozen=True, slots=True)
class FallbackSettings:
    """`phrases`: how a request begins that is for the service. `patience_s`: in which the service
    must begin to speak, as we could answer as well. `notice`, `over_budget`: sentences that are
    sound already, at the rate of all that is played."""

    when: When
    phrases: Sequence[str]
    patience_s: float
    notice: Speech
    over_budget: Speech


class Switch:
    """Knows who is to answer; an observer of the conversation, which tells how we do."""

    def __init__(
        self,
        line: Line,
        settings: FallbackSettings,
        health: Health,
        broken: Callable[[], bool] = lambda: False,
    ) -> None:
        """`broken`: whether our language models have been given up for now."""
        self.line = line
        self.settings = settings
        self.health = health
        self._broken = broken

    def __call__(self, what: Event | Note) -> None:
        """Take note of whether we understand the person."""
        if isinstance(what, Understood):
            self.health.understood()
        elif isinstance(what, Misunderstood):
            self.health.misunderstood()

    def situation(self, requested: bool = False, kept: bool = False) -> Situation:
        """The present one."""
        ailment = self.health.ailment(_now(), self._broken())
        return Situation(self.settings.when, self.line.fault is None, requested, kept, ailment)

    @property
    def listens(self) -> bool:
        """Whether the service is to hear what the person says now."""
        return who_answers(self.situation())[0] is Side.CLOUD

    @property
    def spent(self) -> bool:
        """Whether it is its budget that keeps the service from answering."""
        return self.line.fault is Fault.SPENT


class FallbackResponder(Responder):
    """Answers by one of two."""

    def __init__(
        self,
        local: Responder,
        cloud: RealtimeResponder,
        switch: Switch,
        keeps: Keeps = lambda _: False,
    ) -> None:
        """`keeps`: what only we can do."""
        self._local = local
        self._cloud = cloud
        self._switch = switch
        self._keeps = keeps
        self._listens = False  # the service, to the present utterance
        self._words = ""
        self._side = Side.LOCAL  # who has answered, or tried, last
        self._lead = ""  # what was said before the service's reply
        self._lead_ms = 0.0

    async def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        """Let both read `messages`."""
        await self._cloud.prepare(messages, stop)
        await self._local.prepare(messages, stop)

    def hear(self, chunk: AudioChunk, fresh: bool) -> None:
        """Let those hear the voice who may have to answer it."""
        if fresh:
            self._listens = self._switch.listens
        if self._listens:
            self._cloud.hear(chunk, fresh)
        else:
            self._cloud.deaf()
        self._local.hear(chunk, fresh)

    def ended(self, ending: Ending) -> None:
        """Let whoever has answered know what was heard."""
        line, notice = self._switch.line, self._switch.settings.notice.text
        if notice in self._lead and notice.strip() not in ending.heard:
            line.noticed = False  # they went on talking, and must be told anew
        if self._side is Side.CLOUD:
            heard_ms = max(0.0, ending.heard_ms - self._lead_ms)
            self._cloud.ended(replace(ending, heard_ms=heard_ms))
        else:
            self._cloud.missed("" if ending.heard.strip() else self._words)
            self._local.ended(ending)

    async def forget(self) -> None:
        """Let both forget."""
        await self._cloud.forget()
        await self._local.forget()

    async def reply(self, request: Request) -> AsyncGenerator[Speech, None]:
        """The reply to `request`; raises `EngineError` when nobody can give it (any more)."""
        question = asked_for(request.words, self._switch.settings.phrases)
        now = self._switch.situation(bool(question), self._keeps(request))
        self._words, self._lead, self._lead_ms = request.words, "", 0.0
        if wanted(now) and self._switch.spent:
            await request.certain.wait()
            if self._switch.line.tell_spent():
                yield self._led_by(self._switch.settings.over_budget)
        sides = who_answers(now)
        for side in sides:
            self._side = side
            alone = side is sides[-1] or now.ailment in HELPLESS
            try:
                async with aclosing(self._whole(side, request, question, alone)) as speech:
                    async for piece in speech:
                        yield piece
                return
            except UnheardError as unheard:
                if side is Side.LOCAL:
                    self._switch.health.failed(_now())
                # What we have done already, nobody else may talk of as if it were not.
                if side is sides[-1] or any(deed.acts for deed in request.deeds.all):
                    raise unheard.cause from None

    async def _whole(
        self, side: Side, request: Request, question: str, alone: bool
    ) -> AsyncGenerator[Speech, None]:
        """The reply of `side`, which may take its time if it is `alone`. Raises `UnheardError`."""
        if side is Side.CLOUD:
            await request.certain.wait()
            if fault := self._switch.line.fault:
                raise UnheardError(CloudError(fault))
            if not self._switch.line.noticed:
                yield self._led_by(self._switch.settings.notice)
                self._switch.line.noticed = True
        async with aclosing(held_back(self._said_by(side, request, question, alone))) as speech:
            async for piece in speech:
                yield piece

    def _led_by(self, speech: Speech) -> Speech:
        self._lead += speech.text
        self._lead_ms += milliseconds_of(len(speech.chunk.pcm), speech.chunk.rate)
        return speech

    def _said_by(
        self, side: Side, request: Request, question: str, alone: bool
    ) -> AsyncGenerator[Speech, None]:
        if side is Side.CLOUD:
            patience_s = LAST_PATIENCE_S if alone else self._switch.settings.patience_s
            return self._cloud.answer(request, patience_s, question or None)
        if question:
            *before, last = request.messages
            request = replace(request, messages=[*before, replace(last, content=question)])
        # Whoever fails sets its flag, and the other must not stop for that.
        return self._timed(replace(request, stop=threading.Event()))

    async def _timed(self, request: Request) -> AsyncGenerator[Speech, None]:
        """Our own reply; how long the person waits for it counts."""
        waiting: list[float] = []  # since when
        certain = asyncio.create_task(request.certain.wait())
        certain.add_done_callback(lambda _: waiting.append(_now()))
        sounds = False
        try:
            async with aclosing(self._local.reply(request)) as speech:
                async for piece in speech:
                    if not sounds and len(piece.chunk.pcm):
                        sounds = True
                        ms = 1000 * (_now() - waiting[0]) if waiting else 0.0
                        self._switch.health.answered(ms, _now())
                    yield piece
        finally:
            certain.cancel()


class UnheardError(Exception):
    """A reply failed by `cause`, and nobody has heard anything of it."""

    def __init__(self, cause: EngineError) -> None:
        super().__init__(str(cause))
        self.cause = cause


async def held_back(pieces: AsyncGenerator[Speech, None]) -> AsyncGenerator[Speech, None]:
    """`pieces`, each clause when its sound is there. Raises `UnheardError` where an engine fails
    before there is any sound, else `EngineError`."""
    held: list[Speech] = []
    heard = False
    try:
        async with aclosing(pieces):
            async for piece in pieces:
                held.append(piece)
                if len(piece.chunk.pcm):
                    heard = True
                    for each in held:
                        yield each
                    held.clear()
    except EngineError as error:
        if heard:
            raise
        raise UnheardError(error) from error
    for each in held:
        yield each


class PardonResponder(Responder):
    """Asks the person to say it again; or lets the service answer, which has heard the voice, where
    we did not understand it again and again."""

    def __init__(self, pardon: Responder, cloud: RealtimeResponder, switch: Switch) -> None:
        self._pardon = pardon
        self._cloud = cloud
        self._switch = switch
        self._asked = False

    async def reply(self, request: Request) -> AsyncGenerator[Speech, None]:
        """What there is to say."""
        self._asked = False
        line = self._switch.line
        if self._switch.listens and line.noticed and line.whole:
            self._asked = True
            wordless = replace(request, messages=[*request.messages, Message("user", "")])
            answer = self._cloud.answer(wordless, self._switch.settings.patience_s)
            try:
                async with aclosing(held_back(answer)) as speech:
                    async for piece in speech:
                        yield piece
                return
            except UnheardError:
                self._asked = False
        async with aclosing(self._pardon.reply(request)) as speech:
            async for piece in speech:
                yield piece
        if self._switch.listens and not line.noticed:
            await request.certain.wait()
            notice = self._switch.settings.notice
            yield replace(notice, text=f" {notice.text.strip()}")
            await self._cloud.prepare(request.messages, request.stop)
            line.noticed = True

    def ended(self, ending: Ending) -> None:
        """Let the service know what was heard of it."""
        if self._asked:
            self._cloud.ended(ending)


def _now() -> float:
    return asyncio.get_running_loop().time()
