"""Who answers what: the smallest thing that can.

    words ─▶ a question of ours that waits for a yes ─▶ intents ─▶ documents ─▶ language model
                     │                                     │                      │    ▲
                     └──────────────▶ tool ◀───────────────┴────────── call ──────┘    │ data
                                       │ a sentence of its own: spoken as it is        │
                                       └───────────────────────────────────────────────┘

What the language model writes is never trusted to be true: a call must fit the tool's schema, what
is dangerous asks the person first, and a sentence which claims that something was done is spoken
only if a tool has done it.
"""

import asyncio
import secrets
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from itertools import pairwise
from typing import Any

from edgevoice.dialog.calls import Outcome, ToolCall
from edgevoice.dialog.claims import Claims
from edgevoice.dialog.clauses import ClauseSplitter
from edgevoice.dialog.deeds import LEFT, Deed, Deeds
from edgevoice.dialog.events import Routed, ToolUsed
from edgevoice.dialog.history import Message
from edgevoice.dialog.wishes import Wish, last_words
from edgevoice.report import Journal
from edgevoice.responders.base import Ending, Request
from edgevoice.responders.writers import ChatWriter
from edgevoice.skills.asking import Question, question_of
from edgevoice.skills.runner import run
from edgevoice.skills.situation import Sentences, Situation, Understanding
from edgevoice.skills.tool import Effect, Tool
from edgevoice.skills.toolbox import Toolbox

MOST_CALLS = 4
"""Calls of the model for one reply: a small model can go round in circles."""

PATIENCE_S = 60.0
"""Seconds for which a question of ours waits for a yes, the time to say it included."""


class SkilledWriter:
    """A `Writer` that uses tools."""

    def __init__(
        self,
        chat: ChatWriter,
        toolbox: Toolbox,
        understanding: Understanding,
        claims: Claims,
        journal: Journal,
        *,
        sentences: Sentences | None = None,
        filler_after_s: float = 0.7,
        situation: Situation | None = None,
        new_key: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        """`chat` must know the tools of `toolbox`. `filler_after_s`: seconds of a tool's work
        after which we say that it takes a moment; 0: never. `situation`: what the tools look
        at. `new_key`: makes idempotency keys."""
        self._chat = chat
        self._toolbox = toolbox
        self._understanding = understanding
        self._claims = claims
        self._journal = journal
        self._sentences = sentences or Sentences()
        self._filler_after_s = filler_after_s
        self._situation = situation or Situation()
        self._new_key = new_key
        self._asked: Question | None = None  # in the reply that was written last
        self._deeds = Deeds()  # of that reply
        self._left: set[asyncio.Task[None]] = set()  # the loop itself holds them weakly

    async def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        """Look whether it is a plain command, and let the language model read."""
        if messages and messages[-1].role == "user":
            self._understanding.intents.recognise(messages[-1].content)
        await self._chat.prepare(messages, stop)

    def keeps(self, request: Request) -> bool:
        """Whether `request` is a plain command, or may answer a question of ours: nobody but us can
        do anything about that."""
        waiting = self._waiting(request.messages)
        return waiting is not None or self._command_in(request.words) is not None

    def ended(self, ending: Ending) -> None:
        """The person has said so much for certain, and heard so much of us; do what had to wait for
        that."""
        self._situation.speaker.hear(self._situation.words)
        if ending.heard.strip():  # else the words are joined with those that follow
            asked = self._asked or self._situation.question
            asked = asked and asked.ended(ending)
            self._situation.question = asked if asked and asked.heard else None
        self._asked = None
        self._situation.strange |= any(not self._trusted(deed) for deed in self._deeds.all)
        later, self._situation.afterwards = self._situation.afterwards, []
        for deed in later:
            deed()

    async def forget(self) -> None:
        """Wipe what the language model has read, what we have asked, and what commands were."""
        self._asked = self._situation.question = None
        self._situation.strange = False
        self._situation.last_reply = self._situation.words = ""
        self._situation.speaker.forget()
        self._understanding.intents.forget()
        await self._chat.forget()

    async def write(self, request: Request) -> AsyncGenerator[str, None]:
        """The reply, clause by clause; what it does is told in `request.deeds`."""
        words = request.words
        said = [m.content for m in request.messages if m.role == "assistant" and m.content]
        self._situation.last_reply = said[-1] if said else ""
        self._situation.words = words
        self._situation.speaker.suppose(words)
        self._asked, self._deeds = None, request.deeds
        waiting = self._waiting(request.messages)
        consent = self._understanding.consent(words) if waiting else None
        if consent is False:
            self._route("answer")
            yield self._sentences.refused
            return
        if waiting and consent and not waiting.whole:
            self._route("answer")
            yield self._put(waiting)
            return
        if waiting and consent:
            route, clauses = "answer", self._command(waiting.call, request, agreed=True)
        elif call := self._command_in(words):
            route, clauses = "intent", self._command(call, request)
        elif found := self._understanding.documents.answer(words):
            route, clauses = "documents", self._quote(found, request)
        else:
            route, clauses = "model", self._converse(request)
        self._route(route)
        async with aclosing(clauses):
            async for clause in clauses:
                yield clause

    async def _quote(self, found: str, request: Request) -> AsyncGenerator[str, None]:
        """Say what the documents say; history knows that these are not our words."""
        looked = ToolCall("search_documents", {"query": request.words})
        request.deeds.begin(looked).outcome = Outcome(True, say=found, trusted=False)
        for clause in _clauses(found):
            yield clause

    def _route(self, route: str) -> None:
        self._journal.publish(Routed(self._journal.now(), route))

    def _waiting(self, messages: Sequence[Message]) -> Question | None:
        """Our question that these words may answer: it was heard last, or its beginning was. What
        has rung since may be what they mean, so that it does not count as heard any more."""
        question = self._situation.question
        if question is None or len(messages) < 2 or _now() > question.until:
            return None
        before = messages[-2]
        if before.role != "assistant" or question.heard not in before.content:
            return None
        last = before.content.rstrip().endswith(question.heard)
        return question if last else replace(question, heard="")

    def _command_in(self, words: str) -> ToolCall | None:
        call = self._understanding.intents.recognise(words)
        if call is None or isinstance(self._toolbox.check(call), str):
            return None
        return call

    async def _command(
        self, call: ToolCall, request: Request, *, agreed: bool = False
    ) -> AsyncGenerator[str, None]:
        """Do what a person has asked for in so many words."""
        tool, arguments = self._checked(call)
        if tool is None or isinstance(arguments, str):
            yield self._sentences.failed
            return
        if tool.effect is Effect.DANGEROUS and not agreed:
            yield self._ask(tool, call, arguments)
            return
        deed = await _begin(request, tool, call)
        async with aclosing(self._do(deed, tool, arguments, request)) as clauses:
            async for clause in clauses:
                yield clause
        outcome = deed.outcome
        if outcome and self._for_model(outcome):
            rest = self._converse(request, _exchange(call, outcome), strange=not outcome.trusted)
        else:
            rest = _spoken(self._told(deed))
        async with aclosing(rest):
            async for clause in rest:
                yield clause

    async def _converse(
        self, request: Request, done: Sequence[Message] = (), *, strange: bool = False
    ) -> AsyncGenerator[str, None]:
        """Let the model answer, and use tools. `done`: what was done already; `strange`: and others
        have had a word in it."""
        messages = [*request.messages, *done]
        strange = strange or self._strangers_in(messages)
        corrected = said = doubtful = False
        before = ""
        for _ in range(MOST_CALLS):
            wanted: ToolCall | None = None
            async with aclosing(self._chat.answer(messages, request.stop)) as parts:
                async for part in parts:
                    if isinstance(part, ToolCall):
                        wanted = part
                        continue
                    said = True
                    before = _unfinished(before) + part
                    doubtful = doubtful or self._untrue(before, request)
                    if not doubtful:
                        yield part
            if wanted is None and doubtful:
                yield self._sentences.not_done
                return
            doubtful = False  # it has announced what it does now
            if wanted is None:
                if not said and not request.stop.is_set():  # a call that was never finished
                    yield self._sentences.failed
                return
            tool, arguments = self._checked(wanted)
            if tool is None or isinstance(arguments, str):
                if corrected:
                    break
                corrected = True
                messages += _exchange(wanted, Outcome(False, arguments))
                continue
            wish = self._wish(wanted, messages)
            if wish is Wish.NONE or (wish is Wish.DOUBTFUL and tool.effect is Effect.NONE):
                yield self._sentences.unclear
                return
            unsure = strange or wish is Wish.DOUBTFUL
            if tool.effect is Effect.DANGEROUS or (unsure and tool.effect is Effect.ACTS):
                yield self._ask(tool, wanted, arguments)
                return
            deed = await _begin(request, tool, wanted)
            async with aclosing(self._do(deed, tool, arguments, request)) as clauses:
                async for clause in clauses:
                    yield clause
            outcome = deed.outcome
            if outcome is None or not self._for_model(outcome):
                async for clause in _spoken(self._told(deed)):
                    yield clause
                return
            strange = strange or not outcome.trusted
            messages += _exchange(wanted, outcome)
        yield self._sentences.failed

    def _strangers_in(self, messages: Sequence[Message]) -> bool:
        """Whether others have had a word in the conversation."""
        called = (self._toolbox.get(call.name) for m in messages for call in m.calls)
        return self._situation.strange or any(tool is None or not tool.trusted for tool in called)

    def _trusted(self, deed: Deed) -> bool:
        tool = self._toolbox.get(deed.call.name)
        own = tool is not None and tool.trusted
        return deed.outcome.trusted if deed.outcome else own

    def _checked(self, call: ToolCall) -> tuple[Tool | None, Mapping[str, Any] | str]:
        """The tool, and the call's arguments; or what is wrong with them."""
        return self._toolbox.get(call.name), self._toolbox.check(call)

    def _wish(self, call: ToolCall, messages: Sequence[Message]) -> Wish:
        """Whether what the model wants to do is what the person wants."""
        wishes = self._understanding.wishes
        said = last_words(message.content for message in messages if message.role == "user")
        return wishes.of(call, said) if wishes else Wish.CLEAR

    def _ask(self, tool: Tool, call: ToolCall, arguments: Mapping[str, Any]) -> str:
        return self._put(Question(question_of(tool, call, arguments), call, 0.0))

    def _put(self, question: Question) -> str:
        """Its text, to be said now."""
        self._asked = replace(question, until=_now() + PATIENCE_S)
        return question.text

    async def _do(
        self, deed: Deed, tool: Tool, arguments: Mapping[str, Any], request: Request
    ) -> AsyncGenerator[str, None]:
        """Use `tool`; says a filler if that takes long, and somebody waits for it."""

        async def use() -> None:
            deed.lasts = tool.lasts  # not sooner: what was never begun does not go on
            deed.outcome = await run(tool, arguments, self._new_key())
            self._journal.publish(ToolUsed(self._journal.now(), tool.name, deed.outcome.ok))

        using = asyncio.create_task(use())
        deed.halt = using.cancel
        waited_for = asyncio.create_task(request.certain.wait())
        try:
            await asyncio.wait({using}, timeout=self._filler_after_s or None)
            await asyncio.wait({using, waited_for}, return_when=asyncio.FIRST_COMPLETED)
            if not using.done():
                yield f"{self._sentences.filler} "
                await asyncio.wait({using})
        finally:
            waited_for.cancel()
            if not using.done() and deed.lasts:
                self._left.add(using)
                using.add_done_callback(self._left.discard)
            elif not using.done():
                using.cancel()

    @staticmethod
    def _for_model(outcome: Outcome) -> bool:
        """Whether it is data that has to be put into words."""
        return outcome.ok and not outcome.say

    def _told(self, deed: Deed) -> str:
        """What came of it, as a sentence."""
        return (deed.outcome and deed.outcome.say) or self._sentences.failed

    def _untrue(self, clause: str, request: Request) -> bool:
        """Whether `clause` claims what was not done; asked back, we may tell of earlier deeds."""
        well = [deed for deed in request.deeds.all if deed.outcome and deed.outcome.ok]
        calls = [deed.call for deed in well if deed.acts]
        if self._claims.asks_back(request.words):
            calls += [call for call in _done_before(request.messages) if self._acts(call)]
        done = {call.name: "" for call in calls}
        for call in calls:
            tool = self._toolbox.get(call.name)
            done[call.name] += f" {call.text} {tool.spec.description if tool else ''}"
        looked = any(not deed.acts for deed in well)
        return self._claims.unfounded(clause, done, request.deeds.failed, looked=looked)

    def _acts(self, call: ToolCall) -> bool:
        tool = self._toolbox.get(call.name)
        return tool is not None and tool.effect is not Effect.NONE


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _begin(request: Request, tool: Tool, call: ToolCall) -> Deed:
    """`call` is carried out from now on; if it changes anything, once the person has finished."""
    acts = tool.effect is not Effect.NONE
    if acts:
        await request.certain.wait()
    return request.deeds.begin(call, acts=acts)


def _exchange(call: ToolCall, outcome: Outcome) -> list[Message]:
    return [Message("assistant", "", (call,)), Message("tool", outcome.text)]


def _done_before(messages: Sequence[Message]) -> list[ToolCall]:
    """What was done earlier in the conversation, as far as we know: not what was still at work."""
    return [
        call
        for message, following in pairwise(messages)
        if following.role == "tool" and following.content.startswith('{"result"')
        if following.content != LEFT.text
        for call in message.calls
    ]


def _unfinished(clause: str) -> str:
    """What a clause leaves for the next one to finish: "I have, as you wished, called her"."""
    return "" if clause.rstrip().endswith((".", "!", "?", ":", "…")) else clause


def _clauses(text: str) -> Iterator[str]:
    splitter = ClauseSplitter()
    yield from splitter.add(text)
    yield from splitter.finish()


async def _spoken(text: str) -> AsyncGenerator[str, None]:
    """A finished `text`, clause by clause."""
    for clause in _clauses(text):
        yield clause
