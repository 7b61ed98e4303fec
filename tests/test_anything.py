"""Conversations that nobody would think of, and what holds in every one of them.

Who speaks when, for how long and what; how fast the engines are, and when they fail; who presses
which key: all of it is drawn by chance, from a seed.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

import numpy as np
import pytest

from edgevoice.audio.chunk import AudioChunk, samples_of
from edgevoice.audio.tone import Earcon
from edgevoice.config import HOME, ReplyConfig, SttConfig, VadConfig
from edgevoice.dialog.attention import Mode, Signal
from edgevoice.dialog.calls import ToolCall
from edgevoice.dialog.events import (
    Event,
    Note,
    PlaybackHeld,
    PlaybackResumed,
    SpeechStarted,
    TurnDone,
    TurnFailed,
    TurnStarted,
)
from edgevoice.dialog.states import State, step
from edgevoice.engines.base import Stop, Transcript
from edgevoice.engines.scripted import ScriptedTurnDetector, ScriptedVoice, ScriptedWakeWord
from edgevoice.errors import EngineError
from edgevoice.phrases_file import load_claims
from edgevoice.replying import Bell
from edgevoice.report import Journal, Recorder
from edgevoice.responders.writers import ChatWriter
from edgevoice.skills.situation import Situation, Understanding
from edgevoice.skills.tool import Effect, Tool, tool
from edgevoice.skills.toolbox import Toolbox
from edgevoice.skills.writer import SkilledWriter
from edgevoice.transports.caller import Caller, Cue, Line
from tests.talk import PHRASES, Talk, clip

CLAIMS = load_claims(HOME / "edgevoice/languages/en-claims.yaml")
BROKEN = EngineError("it broke", "Try again.")
WORDS = [
    "", "", "mhm", "okay", "yes", "mhm", "stop", "wait", "wait", "no", "why", "go to sleep",
    "wake up", "set a timer for", "what is two plus two", "tell me a story", "and then", "hello",
]  # fmt: skip
LETTER = samples_of(25)
FIRST_LETTER = 1_200
"""A reply consists of one letter of its own, so that every sample of it tells whose it is."""
TONES = {
    earcon: AudioChunk(np.full(samples_of(60), number + 1, np.int16), 16_000)
    for number, earcon in enumerate(Earcon)
}


class Watch(Recorder):
    """Remembers how much had sounded when something happened, and looks at what is so just then."""

    def __init__(self) -> None:
        super().__init__()
        self.talk: Talk | None = None
        self.sounded: list[int] = []

    def __call__(self, what: Event | Note) -> None:
        super().__call__(what)
        assert self.talk
        self.sounded.append(len(self.talk.caller.sounded))
        if isinstance(what, SpeechStarted):
            assert not self.talk.agent.attending.muted, "heard while muted"


class Room(Caller):
    """A room in which an echo canceller has doubts of its own."""

    doubts: Random | None = None

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        async for chunk in super().chunks():
            if self.doubts:
                sign = self.doubts.random() < 0.05
                chunk = replace(chunk, person=self.doubts.random() if sign else 0.0)
            yield chunk


@dataclass
class Wild(Talk):
    """A conversation in a `Room`, with this many doubts."""

    doubts: int | None = None

    def make_caller(self) -> Caller:
        room = Room(self.lines, patience_s=self.patience_s)
        room.doubts = None if self.doubts is None else Random(self.doubts)
        return room


class FrailVoice(ScriptedVoice):
    """Fails now and then."""

    def __init__(self, chance: Random, often: float) -> None:
        super().__init__(samples_per_character=LETTER)
        self._chance, self._often = chance, often

    def synthesize(self, text: str, stop: Stop) -> Iterator[AudioChunk]:
        for chunk in super().synthesize(text, stop):
            if self._chance.random() < self._often:
                raise BROKEN
            yield chunk


def some_line(chance: Random) -> Line:
    ms = chance.choice([20, 60, 100, 150, 200, 250, 300, 400, 600, 1_000, 3_000])
    pause_at = chance.choice([None, None, 130, 200, 300])
    cue = chance.choice([*Cue, Cue.REPLY_STARTED, Cue.REPLY_STARTED])
    after = chance.choice([0, 20, 100, 300, 500, 900])
    if pause_at is None:
        return Line(clip(ms), "words", cue, after)
    pause = chance.choice([40, 150, 250, 400, 700])
    return Line(clip(pause_at + pause + ms, pause_at, pause), "words", cue, after)


def some_words(chance: Random, failing: float) -> list[str | Transcript | Exception]:
    words: list[str | Transcript | Exception] = []
    for _ in range(400):
        text = chance.choice(WORDS)
        unsure = Transcript(text, -3.0 if text and chance.random() < 0.3 else 0.0)
        words.append(BROKEN if chance.random() < failing else unsure)
    return words


def some_reply(chance: Random, letter: str, failing: float) -> str | Exception:
    if chance.random() < failing:
        return BROKEN
    words = [letter * chance.randint(1, 5) for _ in range(chance.choice([0, 3, 10, 30, 30]))]
    return " ".join(word + chance.choice(["", "", ",", "."]) for word in words)


class Chimes(Bell):
    """Wants something said at certain seconds, so many letters, until each was heard; in a letter
    of its own every time."""

    def __init__(self, due: dict[float, int]) -> None:
        self.waiting = dict(sorted(due.items()))
        self._saying: float | None = None
        self._letter = FIRST_LETTER + 100

    def due(self) -> str:
        assert self._saying is None, "asked while it is said"
        now = asyncio.get_running_loop().time()
        self._saying = next((at for at in self.waiting if at <= now), None)
        if self._saying is None:
            return ""
        self._letter += 1
        return chr(self._letter) * self.waiting[self._saying]

    def said(self, heard: bool) -> None:
        assert self._saying is not None, "said twice"
        if heard:
            del self.waiting[self._saying]
        self._saying = None

    def answered(self) -> None:
        pass


SILENCE = Line(np.zeros(samples_of(15_000), np.int16), None, Cue.LINE_ENDED)
"""At the end: long enough for every reply."""

SIGNALS = {
    Mode.ALWAYS: [Signal.SLEEP, Signal.WAKE, Signal.PRESS, Signal.RELEASE],
    Mode.PUSH_TO_TALK: [Signal.PRESS, Signal.RELEASE, Signal.PRESS, Signal.RELEASE, Signal.SLEEP],
    Mode.WAKE_WORD: [Signal.PRESS, Signal.SLEEP, Signal.WAKE, Signal.WAKE_WORD, Signal.WAKE_WORD],
}


def wild(seed: int) -> Talk:
    """The conversation number `seed`."""
    chance = Random(seed)
    failing = chance.choice([0, 0, 0.1])
    mode = chance.choice([Mode.ALWAYS, *Mode])
    kinds = [*SIGNALS[mode], Signal.MUTE, Signal.UNMUTE]
    often = chance.choice([0, 1, 4, 12]) if mode is Mode.ALWAYS else chance.choice([4, 10, 20])
    signals = [(chance.uniform(0, 8), chance.choice(kinds)) for _ in range(often)]
    name = samples_of(chance.uniform(200, 8_000))
    certainties = [BROKEN if chance.random() < failing else chance.random() for _ in range(100)]
    hangs_up = chance.random() < 0.2
    chimes = {
        chance.uniform(0, 9): chance.randint(1, 20) for _ in range(chance.choice([0, 0, 1, 3]))
    }
    watch = Watch()
    talk = Wild(
        [some_line(chance) for _ in range(chance.randint(1, 7))] + [SILENCE] * (not hangs_up),
        some_words(chance, failing),
        [some_reply(chance, chr(FIRST_LETTER + n), failing) for n in range(100)],
        stt_pace=chance.choice([0, 0.05, 0.05, 0.3, 1.2]),
        llm_pace=chance.choice([0, 0.02, 0.12]),
        tts_pace=chance.choice([0, 0.01, 0.09, 0.15]),
        vad=VadConfig(
            endpointing=chance.choice(["fixed", "brisk", "normal"]),
            max_utterance_s=chance.choice([5, 30]),
        ),
        detector=chance.choice([None, ScriptedTurnDetector(certainties)]),
        half_duplex=chance.random() < 0.2,
        mode=mode,
        follow_up_s=chance.choice([0, 1.0, 6.0]),
        wake_word=ScriptedWakeWord([name]) if mode is Mode.WAKE_WORD else None,
        signals=[*sorted(signals, key=lambda s: s[0]), (8.1, Signal.RELEASE)],
        earcons=TONES,
        stt=SttConfig(partial_interval_ms=chance.choice([0, 300])),
        reply=ReplyConfig(drafts=chance.choice([0, 3]), cue_after_ms=chance.choice([0, 300, 800])),
        listen_along=chance.random() < 0.7,
        voice=FrailVoice(chance, failing / 5),
        recorder=watch,
        patience_s=3,
        all_used=False,
        doubts=chance.choice([None, seed]),
        bell=Chimes(chimes),
    )
    watch.talk = talk
    return talk


def check(talk: Talk) -> None:
    """What holds in every conversation."""
    nobody_is_heard_without_the_key(talk)
    every_hold_ends(talk)
    no_hold_is_long(talk)
    every_turn_ends(talk)
    the_history_is_what_was_heard(talk)
    whatever_was_due_was_heard(talk)
    time_goes_by(talk)


def nobody_is_heard_without_the_key(talk: Talk) -> None:
    if talk.mode is not Mode.PUSH_TO_TALK:
        return
    heard = [what.at / 16_000 for what in talk.log if isinstance(what, SpeechStarted)]
    down: float | None = None
    for at, signal in talk.signals:
        if signal is Signal.PRESS and down is None:
            down = at
        elif signal is Signal.RELEASE and down is not None:
            heard = [moment for moment in heard if not down - 0.3 <= moment <= at + 0.04]
            down = None
    assert not heard


def every_hold_ends(talk: Talk) -> None:
    assert isinstance(talk.recorder, Watch)
    held: int | None = None
    state = State.IDLE
    for what, sounded in zip(talk.log, talk.recorder.sounded, strict=True):
        if isinstance(what, Event):
            state, _ = step(state, what)
        match what:
            case PlaybackHeld():
                assert held is None
                held = sounded
            case PlaybackResumed() | TurnDone():
                assert held in (None, sounded), "heard while held"
                assert held is not None or isinstance(what, TurnDone)
                held = None
    assert held is None
    assert state is State.IDLE or SILENCE not in talk.lines


def no_hold_is_long(talk: Talk) -> None:
    """Not longer than a second after the last voice; nor, where nobody spoke, after it began."""
    voiced = [np.flatnonzero(said) + n * 320 for n, said in enumerate(talk.caller.said)]
    voice = np.concatenate(voiced)
    since = 0
    for what in talk.log:
        if isinstance(what, PlaybackHeld):
            since = what.at
        if isinstance(what, PlaybackResumed):
            since = max(since, int(voice[voice < what.at].max(initial=0)))
            assert what.at - since <= samples_of(1_000)


def every_turn_ends(talk: Talk) -> None:
    """… once, and nothing of it is heard afterwards or before; all of it, if nobody interrupts."""
    assert isinstance(talk.recorder, Watch)
    pieces = [piece.pcm for piece in talk.caller.sounded]
    began: TurnStarted | None = None
    first, failed = 0, False
    for what, sounded in zip(talk.log, talk.recorder.sounded, strict=True):
        if isinstance(what, TurnStarted):
            assert began is None
            began, first = what, sounded
        if isinstance(what, TurnFailed):
            failed = True  # a draft's failure counts as well: it is all that is known
        if not isinstance(what, TurnDone):
            continue
        assert began and began.turn == what.turn
        began = None
        for letter in {letter for letter in what.text if ord(letter) >= FIRST_LETTER}:
            assert not samples(pieces[:first] + pieces[sounded:], letter)
            heard = samples(pieces[first:sounded], letter)
            assert what.heard.count(letter) * LETTER <= heard, "less was heard"
            if not (what.interrupted or failed):
                assert heard <= what.text.count(letter) * LETTER
        assert what.text.startswith(what.heard)
        assert what.interrupted or what.heard == what.text
        failed = False
    assert began is None


def samples(pieces: list[np.ndarray], letter: str) -> int:
    """How many samples of `pieces` say `letter`."""
    return sum(int(np.count_nonzero(pcm % 1_000 == ord(letter) % 1_000)) for pcm in pieces)


def the_history_is_what_was_heard(talk: Talk) -> None:
    roles = "".join("c" if m.calls else m.role[0] for m in talk.messages)
    assert re.fullmatch("(ua|u(ct)+a?)*u?", roles), roles
    heard = [what.heard for what in talk.log if isinstance(what, TurnDone)]
    for role, words in talk.said:
        if role == "assistant" and words and words not in heard:  # timers rang after the reply
            for part in sorted(heard, key=len, reverse=True):
                words = words.replace(part.strip(), "")
            assert not words.strip()


def whatever_was_due_was_heard(talk: Talk) -> None:
    assert isinstance(talk.bell, Chimes)
    assert not talk.bell.waiting or SILENCE not in talk.lines


def time_goes_by(talk: Talk) -> None:
    late = 0
    for what in talk.log:
        assert what.at >= late - samples_of(340), what
        late = max(late, what.at)


@pytest.mark.parametrize("seed", range(150))
def test_anything_may_happen(seed: int) -> None:
    check(wild(seed).hold())


@pytest.mark.parametrize("seed", range(8))
def test_the_same_chance_gives_the_same_conversation(seed: int) -> None:
    assert repr(wild(seed).hold().log) == repr(wild(seed).hold().log)


# --- and with tools


FIRST_OUTCOME = 7_680
"""Whatever a tool says has a letter of its own as well."""
QUESTION = "Shall I jump?"
ORDERS = ["look", "act", "keep", "jump", "jump"]


class Orders:
    """Recognises the tools by their names."""

    def recognise(self, text: str) -> ToolCall | None:
        return ToolCall(text, {}) if text in ORDERS else None

    def forget(self) -> None:
        pass


@dataclass(frozen=True)
class Use:
    """A tool that changes something begins its work, when `happened` had happened. `words`: the
    person's last ones."""

    name: str
    happened: int
    words: str


@dataclass
class Workshop:
    """Tools that remember how they were used."""

    chance: Random
    begun: list[Use] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    """What was said by those that came to their end."""
    lasted: list[str] = field(default_factory=list)
    """… of the one that goes on when it is interrupted."""
    talk: Talk | None = None

    def tools(self) -> list[Tool]:
        async def work(name: str) -> str:
            assert self.talk
            self.begun.append(Use(name, len(self.talk.log), self.talk.turns[-1].user))
            await asyncio.sleep(self.chance.choice([0, 0, 0.02, 0.5, 3]))
            if self.chance.random() < 0.1:
                raise ValueError
            return outcome(self.lasted if name == "keep" else self.outcomes)

        def outcome(said: list[str]) -> str:
            said.append(chr(FIRST_OUTCOME + len(self.outcomes) + len(self.lasted)) * 7)
            return said[-1]

        @tool(effect=Effect.NONE)
        async def look() -> dict[str, int]:
            """Look."""
            await asyncio.sleep(self.chance.choice([0, 0.1, 2]))
            return {"seen": 3}

        @tool(effect=Effect.NONE)
        async def read() -> dict[str, int]:
            """Read what others wrote."""
            return {"read": 3}

        @tool(timeout_s=2.5)
        async def act() -> str:
            """Act."""
            return await work("act")

        @tool(lasts=True)
        async def keep() -> str:
            """Keep acting."""
            return await work("keep")

        @tool(effect=Effect.DANGEROUS, question=QUESTION)
        async def jump() -> str:
            """Jump."""
            return await work("jump")

        return [look, act, keep, jump, replace(read, trusted=False)]


def some_orders(
    chance: Random, words: Sequence[str | Transcript | Exception]
) -> list[str | Transcript | Exception]:
    """`words` with orders among them, and answers; looks at unfinished words find the same."""
    said: list[str | Transcript | Exception] = []
    for one in words:
        order = chance.choice([*ORDERS, "yes"])
        answer = chance.choice(["yes", "yes", "yes please do it", "no", "yes but later"])
        asked: list[str | Transcript | Exception] = [order, answer]
        for spoken in chance.choice([asked, asked[:1], [one]]):
            said += [spoken] * chance.choice([1, 1, 2, 4])
    return said


def handy(seed: int) -> tuple[Talk, Workshop]:
    """The conversation number `seed` with somebody who can do things."""
    chance = Random(-seed - 1)
    talk = wild(seed)
    shop = Workshop(chance, talk=talk)
    toolbox = Toolbox(shop.tools())
    situation = Situation()

    def writer(chat: ChatWriter, journal: Journal) -> SkilledWriter:
        understanding = Understanding(PHRASES.decision, Orders())
        return SkilledWriter(chat, toolbox, understanding, CLAIMS, journal, situation=situation)

    polite = [Line(clip(400), "words", Cue.REPLY_ENDED, 500) for _ in range(4)]
    talk.lines = [*polite, *talk.lines] if chance.random() < 0.5 else [*talk.lines[:-1], *polite]
    talk.lines = [*talk.lines, SILENCE]
    talk.mode, talk.wake_word = Mode.ALWAYS, None
    if chance.random() < 0.8:  # else hardly anything is heard
        talk.signals = [it for it in talk.signals if it[1] not in (Signal.MUTE, Signal.SLEEP)]
    talk.transcripts = some_orders(chance, talk.transcripts)
    talk.replies = [
        ToolCall(chance.choice([*ORDERS, "read", "fly"]), {}) if chance.random() < 0.4 else reply
        for reply in talk.replies
    ]
    talk.writer = writer
    talk.budget = 100_000
    changes = sorted(chance.uniform(0, 9) for _ in range(chance.choice([0, 1, 3])))
    talk.changes = [(at, lambda talk: None) for at in changes]
    return talk, shop


def check_deeds(talk: Talk, shop: Workshop) -> None:
    """What holds whenever things are done."""
    calls = [call.name for m in talk.messages for call in m.calls]
    told = [m.content for m in talk.messages if m.role == "tool"]
    for use in shop.begun:
        before = talk.log[: use.happened]
        opened = max(n for n, what in enumerate(before) if isinstance(what, TurnStarted))
        assert not any(isinstance(what, TurnDone) for what in before[opened:]), "nobody waited"
        if use.name == "jump":
            assert PHRASES.decision(use.words), "nobody said yes"
            assert heard_last(before[:opened]).endswith(QUESTION), "nobody was asked"
    for name in ("act", "keep", "jump"):
        assert calls.count(name) >= sum(use.name == name for use in shop.begun), "not told"
    for outcome in shop.outcomes:
        assert sum(outcome in text for text in told) == 1
    for outcome in shop.lasted:
        assert sum(outcome in text for text in told) <= 1
    assert len(told) == len(calls)


def heard_last(log: list[Event | Note]) -> str:
    """What was heard of our last reply that was about the conversation."""
    heard = [what.heard.strip() for what in log if isinstance(what, TurnDone)]
    return next(words for words in reversed(heard) if words and not words.startswith("Pardon"))


@pytest.mark.parametrize("seed", range(40))
def test_anything_may_be_done(seed: int) -> None:
    talk, shop = handy(seed)
    check(talk.hold())
    check_deeds(talk, shop)


def test_so_many_conversations_are_enough() -> None:
    """Every kind of deed is among them, and every end of one."""
    talks = [handy(seed) for seed in range(100, 125)]
    used: dict[str, int] = {}
    endings: set[str] = set()
    for talk, shop in talks:
        talk.hold()
        for use in shop.begun:
            used[use.name] = used.get(use.name, 0) + 1
        told = " ".join(m.content for m in talk.messages if m.role == "tool")
        endings |= {end for end in ("result", "broken off", "still at work") if end in told}
    assert used.keys() == {"act", "keep", "jump"} and min(used.values()) >= 3
    assert endings == {"result", "broken off", "still at work"}
