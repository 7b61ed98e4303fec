"""The line to a service: opened when somebody speaks, kept for a while, mended when it breaks.

    hear ──▶ Outbox ──▶ worker ──▶ RealtimeSession ──▶ reader ──▶ Answer (the reply's events)

One worker opens the session and sends what waits, in order; one reader takes what comes. Whatever
fails, fails all of it: the session is hung up, the reply that waits is told, and the next one gets
a new session with the conversation so far. That is one way to begin instead of many to recover.
So is a session replaced that cannot be told what it has missed, or misunderstood.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence

from edgevoice.audio.chunk import Samples
from edgevoice.dialog.history import Message
from edgevoice.responders.realtime.answer import Answer, Question
from edgevoice.responders.realtime.backoff import backoff_s
from edgevoice.responders.realtime.guard import Guard
from edgevoice.responders.realtime.outbox import Outbox
from edgevoice.responders.realtime.replay import before_the_question, unsaid
from edgevoice.responders.realtime.session import (
    CloudError,
    Done,
    Event,
    Expiring,
    Failed,
    Fault,
    Interrupted,
    RealtimeSession,
    Resumable,
    Usage,
)

log = logging.getLogger(__name__)

LIFE = 0.8
"""The share of a session's longest life after which it is replaced, when nobody speaks."""
SPEAKING_S = 2.0
"""Whoever was heard so lately may be speaking still."""

Order = Callable[[RealtimeSession], Awaitable[None]]


class Line:
    """At most one session. Everything is called in the event loop."""

    def __init__(
        self,
        make: Callable[[], RealtimeSession],
        guard: Guard,
        idle_s: float,
        luck: Callable[[], float] = random.random,
    ) -> None:
        """`make`: a new session, not connected. `idle_s`: seconds without a turn after which it is
        closed."""
        self.noticed = False
        """Whether the person knows by now that a service on the internet is asked. Before that,
        nothing leaves."""
        self._make = make
        self._guard = guard
        self._idle_s = idle_s
        self._luck = luck
        self._outbox: Outbox[Answer | Order] = Outbox()
        self._news = asyncio.Event()
        self._session: RealtimeSession | None = None
        self._tasks: list[asyncio.Task[None]] = []  # worker and reader
        self._closing: set[asyncio.Task[None]] = set()
        self._answer: Answer | None = None  # that is wanted
        self._current: Answer | None = None  # that the session is giving
        self._latest: list[Message] = []  # the conversation, as far as we were told
        self._known: list[Message] = []  # as far as the session was
        self._unasked = False  # whether it has heard a voice since the last question
        self._begun: Answer | None = None  # the last that it was asked for
        self._astray = False  # whether it knows more of that one than was heard
        self._handle = ""  # for a session that is to know as much
        self._kept: tuple[str, list[Message]] = ("", [])  # the last one's handle, and what it knew
        self._failures = 0
        self._not_before = 0.0
        self._last_fault = Fault.UNREACHABLE
        self._used = 0.0  # when somebody last wanted anything
        self._until = 0.0  # when the session must be replaced

    @property
    def fault(self) -> Fault | None:
        """Why nothing can be asked now; None if something can."""
        if self._guard.left_s(self._now()) <= 0:
            return Fault.SPENT
        return self._last_fault if self._now() < self._not_before else None

    def tell_spent(self) -> bool:
        """Whether the person has to be told that the budget of the day is spent."""
        return self._guard.tell_spent()

    @property
    def whole(self) -> bool:
        """Whether all of what the person says has been sent, or is about to be."""
        return self._outbox.whole

    def tell(self, messages: Sequence[Message]) -> None:
        """The conversation by now, but for what the person is saying."""
        self._latest = before_the_question(messages)

    def voice(self, pcm: Samples, fresh: bool) -> None:
        """The person's voice goes on; `fresh`: an utterance begins here."""
        if not self.noticed or not self._latest or self.fault:
            self._outbox.spoil()
            return
        if fresh and self._session and not self._cleared(self._session):
            self._outbox.spoil()
            return
        self._outbox.voice(pcm, fresh)
        self._wake()

    def ask(self, question: Question) -> Answer:
        """Send a question off. Raises `CloudError` where nothing can be asked now."""
        if fault := self.fault:
            raise CloudError(fault)
        assert self.noticed, "nothing may leave before the person was told"
        self.stop()
        self._latest = list(question.before)
        self._answer = Answer(question)
        self._outbox.order(self._answer)
        self._wake()
        return self._answer

    def deaf(self) -> None:
        """What the person says now is not for the service."""
        self._outbox.spoil()

    def stop(self, answer: Answer | None = None) -> None:
        """Nobody wants `answer` any more; nothing: whichever there is."""
        if self._answer and answer in (None, self._answer):
            self._astray = self._answer is self._current
            self._answer = self._current = None
            self._outbox.order(_stop)
            self._news.set()

    def ended(self, heard: str, heard_ms: float, interrupted: bool) -> None:
        """Of the last answer, the person has heard so much."""
        self.stop()
        session = self._session
        if not session:
            return
        if interrupted and session.amendable:
            self._outbox.order(lambda session: session.truncate(heard_ms))
            self._news.set()
        if heard.strip():
            self._known.append(Message("assistant", heard))
        if self._begun and (interrupted or self._astray) and not session.amendable:
            # Whoever interrupts will ask something: it shall be ready by then.
            self._latest, self._handle = self._known, ""
            self._hang_up("recycled")
            if not self.fault:
                self._begin()

    def give_up(self, fault: Fault) -> None:
        """The service does not do as it should: hang up, and leave it alone for a while."""
        self._fail(fault)

    async def forget(self) -> None:
        """Hang up: what was said is to be forgotten, there as well."""
        self._latest, self.noticed = [], False
        self._hang_up("forgotten")
        self._kept = ("", [])

    async def close(self) -> None:
        """Hang up, and wait until that is done."""
        self._hang_up("stopped")
        while self._closing:
            await asyncio.gather(*self._closing)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _wake(self) -> None:
        self._used = self._now()
        self._news.set()
        if not self._session:
            self._begin()

    def _begin(self) -> None:
        self._guard.opened(self._now(), "asked" if self._answer else "spoken to")
        self._session = self._make()
        self._tasks = [asyncio.create_task(self._work(self._session))]

    async def _work(self, session: RealtimeSession) -> None:
        """Hold a session, from its beginning to its end."""
        try:
            opening = self._answer.question.before if self._answer else self._latest
            handle, known = self._kept
            fits = known == list(opening)
            await session.connect(self._guard.leaving(opening), handle if fits else "")
            self._known = list(opening)
            self._until = self._now() + LIFE * session.longest_s
            self._tasks.append(asyncio.create_task(self._read(session)))
            reason = ""
            while self._session is session and not reason:
                await self._send_all(session)
                reason = await self._rest(session)
        except CloudError as error:
            self._fail(error.fault)
        else:
            if self._session is session:
                self._hang_up(reason)

    async def _send_all(self, session: RealtimeSession) -> None:
        """Send what waits."""
        self._news.clear()
        while self._session is session and (item := self._outbox.take()) is not None:
            if isinstance(item, Answer):
                if item is self._answer:  # else it was stopped before it was asked
                    await self._ask(session, item.question)
            elif callable(item):
                await item(session)
            else:
                self._unasked = True
                await session.send_audio(item)

    async def _ask(self, session: RealtimeSession, question: Question) -> None:
        told = unsaid(self._known, question.before, question.said)
        void = self._unasked and not self._has_heard(question)
        if told is None or (not session.amendable and (told[0] or void or self._astray)):
            self._again(question)
            return
        new, rest = told
        words = (rest if question.words == question.said else "") or question.words
        self._handle = ""
        if new:
            await session.add(self._guard.leaving(new))
            if not self._answer:
                return  # it was stopped meanwhile
        self._begun = self._current = self._answer
        if self._has_heard(question):
            await session.ask()
        elif words:
            await session.ask(words)
        else:  # there is a voice, of which a part was lost, and no words
            self._take(Interrupted())
        self._unasked = False
        self._known = [*question.before, Message("user", question.said)]

    def _has_heard(self, question: Question) -> bool:
        return question.voiced and self._outbox.whole and self._unasked

    def _cleared(self, session: RealtimeSession) -> bool:
        """Whether a new utterance may follow what the session has heard and was told; not where
        that would take another session, and somebody listens to this one."""
        if session.amendable:
            if self._unasked:
                self._unasked = False
                self._outbox.order(_clear)
            return True
        missed = bool(self._known) and self._latest != self._known[: len(self._latest)]
        if not (missed or self._unasked or self._astray):
            return True
        if not self._answer:
            self._hang_up("recycled")
        return not self._answer

    def _again(self, question: Question) -> None:
        """The session knows another conversation: ask in a new one, which knows this one."""
        answer = self._answer
        assert answer and answer.question is question
        self._answer = self._current = None
        self._hang_up("recycled")
        self._answer = answer
        self._outbox.order(answer)
        self._begin()

    async def _rest(self, session: RealtimeSession) -> str:
        """Wait for something to do; answers why there is nothing any more, if so."""
        while self._session is session and not self._news.is_set():
            now = self._now()
            ends = {
                self._used + self._idle_s: "idle",
                self._until: "recycled",
                now + self._guard.left_s(now): "budget spent",
            }
            due = min(ends)
            if due <= now:
                if not self._answer and now >= self._used + SPEAKING_S:
                    return ends[due]
                due = now + SPEAKING_S
            try:
                async with asyncio.timeout_at(due):
                    await self._news.wait()
            except TimeoutError:
                continue
        return ""

    async def _read(self, session: RealtimeSession) -> None:
        try:
            async for event in session.events():
                self._take(event)
                if self._session is not session:
                    return
        except CloudError as error:
            self._fail(error.fault)

    def _take(self, event: Event) -> None:
        match event:
            case Usage():
                self._guard.used(event)
                self._news.set()  # it may be enough
            case Resumable(handle=handle):
                self._handle = handle
            case Expiring(left_s=left_s):
                self._until = min(self._until, self._now() + LIFE * left_s)
                self._news.set()
            case Failed(fault=fault, retry_s=retry_s):
                self._fail(fault, retry_s)
            case _ if self._current:
                self._used = self._now()
                self._current.put(event)
                if isinstance(event, Done | Interrupted):
                    self._failures = 0
                    self._answer = self._current = None

    def _fail(self, fault: Fault, told_s: float = 0.0) -> None:
        log.warning("%s", CloudError(fault))
        self._failures += 1
        self._last_fault = fault
        wait = backoff_s(fault, self._failures, self._luck(), told_s)
        self._not_before = self._now() + wait
        self._hang_up(fault.name.lower().replace("_", " "))

    def _hang_up(self, reason: str) -> None:
        """End the session, if there is one, and whatever waits for it."""
        session, self._session = self._session, None
        self._outbox.clear()
        if self._answer:
            self._answer.put(Failed(self._last_fault))
            self._answer = self._current = None
        if not session:
            return
        self._guard.closed(self._now(), reason)
        self._kept, self._handle = (self._handle, self._known), ""
        self._known, self._unasked = [], False
        self._begun, self._astray = None, False
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            if task is not asyncio.current_task():
                task.cancel()
        closing = asyncio.create_task(_close(session, tasks))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)


async def _close(session: RealtimeSession, tasks: Sequence[asyncio.Task[None]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)  # one may be opening it
    await session.close()


async def _clear(session: RealtimeSession) -> None:
    await session.clear_audio()


async def _stop(session: RealtimeSession) -> None:
    await session.stop()
