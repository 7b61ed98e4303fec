"""Conversations in which things are done: when, how often, after which words; and what never is."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from edgevoice.audio.chunk import milliseconds_of, samples_of
from edgevoice.config import HOME, ReplyConfig
from edgevoice.dialog.attention import Signal
from edgevoice.dialog.calls import ToolCall
from edgevoice.dialog.events import Announced, DraftDropped, ToolUsed, TurnDone
from edgevoice.engines.base import Transcript
from edgevoice.phrases_file import load_claims
from edgevoice.report import Journal, TurnReport
from edgevoice.responders.writers import ChatWriter
from edgevoice.skills.builtin.household import household_tools
from edgevoice.skills.builtin.timers import timer_tools
from edgevoice.skills.intents import Intents, load_intents
from edgevoice.skills.ringing import Ringer
from edgevoice.skills.schedule import Kind
from edgevoice.skills.situation import Sentences, Situation, Understanding
from edgevoice.skills.tool import Effect, Tool, ToolFailedError, tool
from edgevoice.skills.toolbox import Toolbox
from edgevoice.skills.writer import SkilledWriter
from edgevoice.transports.caller import Cue, Line
from tests.talk import PHRASES, Talk, clip, moment, silence

CLAIMS = load_claims(HOME / "edgevoice/languages/en-claims.yaml")
SAY = Sentences()
COMMANDS = {
    "open up": ToolCall("unlock", {"door": "front"}),
    "ring the bell": ToolCall("ring", {}),
    "fetch the paper": ToolCall("fetch", {"what": "paper"}),
    "call the nurse": ToolCall("call", {"name": "nurse"}),
    "look outside": ToolCall("look", {}),
    "weigh it": ToolCall("weigh", {}),
}
QUESTION = "Shall I unlock the front door?"


@lru_cache
def grammar() -> Intents:
    return load_intents(HOME / "edgevoice/languages/en-intents.yaml")


@dataclass
class Commands:
    """The built-in sentences, and a few more."""

    said: set[str] = field(default_factory=set)

    def recognise(self, text: str) -> ToolCall | None:
        self.said.add(text)
        return COMMANDS.get(text) or grammar().recognise(text)

    def forget(self) -> None:
        self.said.clear()


@dataclass
class Handy(Talk):
    """A conversation with somebody who can do things. `takes_s`: how long they take."""

    takes_s: float = 0.0
    failure: Exception | None = None
    done: list[str] = field(default_factory=list)
    commands: Commands = field(default_factory=Commands)
    situation: Situation = field(default_factory=Situation)
    ringer: Ringer = field(default_factory=lambda: Ringer(None, moment, ZoneInfo("UTC")))

    def __post_init__(self) -> None:
        self.bell = self.ringer
        self.writer = self.skilled
        self.toolbox = Toolbox(self.tools())

    def tools(self) -> list[Tool]:
        async def work(what: str) -> None:
            self.done.append(f"began {what}")
            await asyncio.sleep(self.takes_s)
            if self.failure:
                raise self.failure
            self.done.append(what)

        @tool(effect=Effect.NONE)
        async def look() -> str:
            """Look outside."""
            await asyncio.sleep(self.takes_s)
            return "There is fog in the harbour."

        @tool(effect=Effect.NONE)
        async def weigh() -> dict[str, int]:
            """Weigh it."""
            return {"grams": 70}

        @tool
        async def ring() -> str:
            """Ring the bell."""
            await work("ring")
            return "Ding dong."

        @tool(timeout_s=5)
        async def fetch(what: str) -> str:
            """Fetch something."""
            await work(f"fetch {what}")
            return f"Here is the {what}."

        @tool(lasts=True)
        async def call(name: str) -> str:
            """Call somebody."""
            await work(f"call {name}")
            return f"The {name} has been called."

        @tool(effect=Effect.DANGEROUS, question="Shall I unlock the {door} door?")
        async def unlock(door: str) -> str:
            """Unlock a door."""
            await work(f"unlock {door}")
            return f"The {door} door is unlocked."

        house = household_tools(
            self.situation, lambda signal: self.signal(signal), str, self.ringer.answered
        )
        own = [look, weigh, ring, fetch, call, unlock]
        return [*own, *house, *timer_tools(self.ringer)]

    def skilled(self, chat: ChatWriter, journal: Journal) -> SkilledWriter:
        return SkilledWriter(
            chat,
            self.toolbox,
            Understanding(PHRASES.decision, self.commands),
            CLAIMS,
            journal,
            situation=self.situation,
        )

    @property
    def told(self) -> list[str]:
        """What was heard of our replies, in order."""
        return [what.heard.strip() for what in self.log if isinstance(what, TurnDone)]

    @property
    def calls(self) -> list[tuple[str, str]]:
        """The calls in the history, and what is told of them."""
        pairs = zip(self.messages, self.messages[1:], strict=False)
        return [(call.name, after.content) for m, after in pairs for call in m.calls]

    @property
    def roles(self) -> str:
        """Who said or did something: a letter for each entry of the history, c for a call."""
        return "".join("c" if m.calls else m.role[0] for m in self.messages)


def conversation(*words: str, replies: Sequence[str | ToolCall] = (), **settings: object) -> Handy:
    """One line after the other, each after the reply to the one before."""
    lines = [Line(clip(800), None) for _ in words]
    return Handy([*lines, silence(4)], words, replies, **settings).hold()  # type: ignore[arg-type]


def late_ms(turn: TurnReport) -> float:
    """From the endpoint to our first sound."""
    assert turn.reply_start is not None
    return milliseconds_of(turn.reply_start - turn.endpoint)


# --- commands


@pytest.mark.parametrize("drafts", [0, 3])
@pytest.mark.parametrize(
    ("words", "reply"),
    [
        ("set a timer for ten minutes", "Timer set for 10 minutes."),
        ("look outside", "There is fog in the harbour."),
    ],
)
def test_a_command_is_answered_at_once_and_without_a_model(
    words: str, reply: str, drafts: int
) -> None:
    talk = conversation(words, reply=ReplyConfig(drafts=drafts, cue_after_ms=0))
    (turn,) = talk.turns
    assert talk.told == [reply]
    assert (turn.route, turn.written_tokens) == ("intent", 0)
    assert late_ms(turn) <= 50


def test_in_a_pause_a_command_is_drafted_and_nothing_is_done() -> None:
    line = Line(clip(2_500, 1_200, 250), None)
    talk = Handy(
        [line, silence(3)], ["ring the bell", "ring the bell at christmas"], ["Merry Christmas."]
    ).hold()
    assert any(isinstance(what, DraftDropped) for what in talk.log)
    assert talk.told == ["Merry Christmas."]
    assert not talk.done and not talk.calls
    assert talk.roles == "ua"


@pytest.mark.parametrize("drafts", [0, 1, 5])
def test_what_was_drafted_several_times_is_done_once(drafts: int) -> None:
    gap = np.zeros(samples_of(250), np.int16)
    sounds = np.concatenate([clip(600), gap, clip(300), gap, clip(400)])
    talk = Handy(
        [Line(sounds, None), silence(3)],
        ["ring the bell"] * 3,
        [],
        reply=ReplyConfig(drafts=drafts, cue_after_ms=0),
    ).hold()
    assert talk.done == ["began ring", "ring"]
    assert talk.calls == [("ring", '{"result": "Ding dong."}')]
    assert talk.roles == "ucta"
    dropped = sum(isinstance(what, DraftDropped) for what in talk.log)
    assert dropped == min(drafts, 2)


def test_who_goes_on_at_once_after_a_command_has_it_done_once() -> None:
    """The endpoint came too soon: nothing of the answer was heard yet, and the bell has rung."""
    more = Line(clip(500), None, Cue.LINE_ENDED, 560)
    talk = Handy(
        [Line(clip(800), None), more, silence(3)],
        ["ring the bell", "please"],
        ["You're welcome."],
        tts_pace=0.4,
    ).hold()
    assert talk.done == ["began ring", "ring"]
    assert talk.roles == "uctua"
    assert talk.told == ["", "You're welcome."]


def test_data_is_put_into_words_by_the_model() -> None:
    talk = conversation("weigh it", replies=["It weighs seventy grams."])
    assert talk.told == ["It weighs seventy grams."]
    assert talk.calls == [("weigh", '{"result": {"grams": 70}}')]


def test_repeats_what_was_heard() -> None:
    talk = conversation("look outside", "repeat that", "say that again")
    assert talk.told == ["There is fog in the harbour."] * 3


# --- what is dangerous


def test_what_is_dangerous_is_done_after_a_yes() -> None:
    talk = conversation("open up", "yes")
    assert talk.told == [QUESTION, "The front door is unlocked."]
    assert [turn.route for turn in talk.turns] == ["intent", "answer"]
    assert talk.done == ["began unlock front", "unlock front"]
    assert talk.roles == "uaucta"


@pytest.mark.parametrize(
    ("answer", "reply"), [("no", SAY.refused), ("why", "Because."), ("yes but later", "Fine.")]
)
def test_what_is_dangerous_is_not_done_without_a_yes(answer: str, reply: str) -> None:
    replies = [] if reply == SAY.refused else [reply]
    talk = conversation("open up", answer, "yes", replies=[*replies, "Yes what?"])
    assert talk.told == [QUESTION, reply, "Yes what?"]
    assert not talk.done and not talk.calls


def test_a_yes_that_is_only_begun_does_nothing() -> None:
    line = Line(clip(1_200, 500, 250), None)
    talk = Handy(
        [Line(clip(800), None), line, silence(3)],
        ["open up", "yes", "yes if it rains"],
        ["It does not rain."],
    ).hold()
    assert any(isinstance(what, DraftDropped) for what in talk.log)
    assert talk.done == []


def over_the_question(ms: int, *words: str, replies: Sequence[str] = ()) -> Handy:
    """The person speaks while we ask."""
    over = Line(clip(ms), None, Cue.REPLY_STARTED, 300)
    later = [Line(clip(500), None, Cue.REPLY_ENDED, 1_500) for _ in words[1:]]
    return Handy(
        [Line(clip(800), None), over, *later, silence(4)], ["open up", *words], replies
    ).hold()


def test_a_short_yes_over_the_question_is_no_answer_and_the_question_is_heard_whole() -> None:
    talk = over_the_question(250, "yes")
    assert talk.told == [QUESTION]
    assert talk.done == []


def test_a_yes_that_broke_the_question_off_makes_us_ask_again() -> None:
    talk = over_the_question(1_200, "yes please do it", "yes")
    part, again, done = talk.told
    assert QUESTION.startswith(part) and 0 < len(part) < len(QUESTION)
    assert (again, done) == (QUESTION, "The front door is unlocked.")
    assert talk.done == ["began unlock front", "unlock front"]


@pytest.mark.parametrize("ms", [250, 1_200])
def test_a_no_over_the_question_ends_it(ms: int) -> None:
    talk = over_the_question(ms, "no")
    assert talk.done == []
    assert len(talk.told[0]) < len(QUESTION)


def test_something_else_over_the_question_is_answered_and_nothing_is_done() -> None:
    talk = over_the_question(
        1_200, "what is the weather like", "yes", replies=["It rains.", "Good."]
    )
    assert talk.told[1:] == ["It rains.", "Good."]
    assert talk.done == []


def test_what_was_not_understood_leaves_the_question_open() -> None:
    words: list[str | Transcript] = ["open up", Transcript("hm hm hm", -3.0), "yes"]
    talk = Handy([*(Line(clip(800), None) for _ in words), silence(4)], words, []).hold()
    assert talk.told == [QUESTION, "Pardon?", "The front door is unlocked."]


def test_a_ring_behind_the_question_makes_us_ask_again() -> None:
    words = ["set a timer for ten seconds", "open up", "yes", "yes"]
    lines = [Line(clip(800), None, Cue.REPLY_ENDED, ms) for ms in (600, 4_500, 4_000, 600)]
    talk = Handy([*lines, silence(4)], words, []).hold()
    rung = next(n for n, told in enumerate(talk.told) if told.endswith("is done."))
    assert talk.told[rung - 1] == QUESTION
    assert talk.told[rung + 1 :] == [QUESTION, "The front door is unlocked."]


# --- what takes long


def slow(words: str, *later: Line, says: Sequence[str] = (), **settings: object) -> Handy:
    """A tool takes three seconds, and the person does not wait."""
    return Handy(
        [Line(clip(800), None), *later, silence(6)],
        [words, *(line.text or "" for line in later)],
        says,
        takes_s=3.0,
        **settings,  # type: ignore[arg-type]
    ).hold()


@pytest.mark.parametrize("words", ["fetch the paper", "look outside"])
def test_what_takes_long_is_bridged(words: str) -> None:
    talk = slow(words)
    (turn,) = talk.turns
    assert turn.heard.startswith(f"{SAY.filler} ") and turn.heard.endswith((".",))
    assert 300 <= late_ms(turn) <= 800
    assert talk.roles == "ucta"


@pytest.mark.parametrize(
    ("words", "done", "told"),
    [
        ("fetch the paper", ["began fetch paper"], "broken off"),
        ("call the nurse", ["began call nurse", "call nurse"], "still at work"),
    ],
)
@pytest.mark.parametrize(
    ("after_ms", "heard"),
    [(600, ""), (1_900, SAY.filler)],
    ids=["before a sound", "behind the filler"],
)
def test_an_interruption_breaks_it_off_or_leaves_it(
    words: str, done: list[str], told: str, after_ms: int, heard: str
) -> None:
    line = Line(clip(1_000), "what is the capital of france", Cue.LINE_ENDED, after_ms)
    talk = slow(words, line, says=["Paris."])
    assert talk.done == done
    ((_, outcome),) = talk.calls
    assert told in outcome
    assert talk.told == [heard, "Paris."]
    assert talk.roles == ("uctaua" if heard else "uctua")


def test_the_filler_can_be_interrupted() -> None:
    stop = Line(clip(300), "stop", Cue.REPLY_STARTED, 120)
    talk = slow("fetch the paper", stop)
    assert talk.told == ["One"]
    assert talk.done == ["began fetch paper"]
    assert talk.roles == "ucta"


def test_an_mhm_behind_the_filler_changes_nothing() -> None:
    mhm = Line(clip(250), "mhm", Cue.REPLY_ENDED, 300)
    talk = slow("fetch the paper", mhm)
    assert talk.told == [f"{SAY.filler} Here is the paper."]


def test_what_hangs_is_given_up_and_told() -> None:
    talk = conversation("fetch the paper", takes_s=60.0, patience_s=20.0)
    assert talk.told == [f"{SAY.filler} Sorry, that took too long."]
    assert '"error"' in talk.calls[0][1]


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (ToolFailedError("There is no paper today."), "There is no paper today."),
        (ValueError("secret"), SAY.failed),
    ],
)
def test_a_failure_is_told(failure: Exception, told: str) -> None:
    talk = conversation("fetch the paper", failure=failure)
    assert talk.told == [told]
    assert "secret" not in repr(talk.said)
    used = [what.ok for what in talk.log if isinstance(what, ToolUsed)]
    assert used == [False]


# --- what rings


def test_a_timer_set_by_voice_rings_and_stop_ends_it() -> None:
    stop = Line(clip(400), None, Cue.REPLY_STARTED, 400)
    talk = Handy(
        [
            Line(clip(1_000), None),
            Line(clip(1_000), None),
            silence(3),
            stop,
            silence(30),
        ],
        ["set a timer for ten seconds", "how much time is left", "stop"],
        [],
        patience_s=60,
    ).hold()
    set_, left, rung, *rest = talk.told
    assert set_ == "Timer set for 10 seconds."
    assert left.startswith("Your timer of 10 seconds has")
    assert 0 < len(rung) < len("Your timer of 10 seconds is done.")
    assert rest == []
    assert sum(isinstance(what, Announced) for what in talk.log) == 1
    assert talk.ringer.pending(Kind.TIMER) == []
    assert talk.roles == "uctaucta"


# --- what is never said


@pytest.mark.parametrize(
    "lie", ["I have set a timer for ten minutes.", "Okay. Done! Enjoy.", "I've unlocked the door."]
)
def test_a_claim_without_a_deed_is_never_heard(lie: str) -> None:
    talk = conversation("could you help me", replies=[lie])
    (told,) = talk.told
    assert told.removeprefix("Okay. ") == SAY.not_done
    assert not CLAIMS.unfounded(talk.said[-1][1], {}, frozenset())


def test_the_model_may_ask_for_a_deed_and_tell_of_it_later() -> None:
    call = ToolCall("ring", {})
    talk = conversation(
        "somebody is at home I think", "did you do it", replies=[call, "Yes, I rang the bell."]
    )
    assert talk.told == ["Ding dong.", "Yes, I rang the bell."]
    assert talk.done == ["began ring", "ring"]


# --- what ends, and what goes on


@pytest.mark.parametrize("by_key", [False, True])
def test_what_is_forgotten_is_gone(by_key: bool) -> None:
    words = ["my name is Anna", "open up", *([] if by_key else ["forget everything"])]
    lines = [Line(clip(800), None) for _ in words]
    quiet, yes = silence(3), Line(clip(500), None, Cue.LINE_ENDED, 0)
    again = Line(clip(500), None)
    talk = Handy(
        [*lines, quiet, yes, again, silence(3)],
        [*words, "yes", "repeat that"],
        ["Hello Anna.", "Yes?"],
        signals=[(5.5, Signal.FORGET)] if by_key else [],
    )
    talk.hold()
    assert QUESTION in talk.told
    assert talk.told[-2] == "Yes?"
    assert talk.done == []
    assert talk.situation.speaker.name == ""
    assert talk.commands.said == {"yes", "repeat that"}
    assert talk.said[0] == ("user", "yes")


@pytest.mark.parametrize(
    ("words", "dozing", "muted"), [("go to sleep now please", True, False), ("x", False, True)]
)
def test_it_says_good_night_before_it_sleeps(words: str, dozing: bool, muted: bool) -> None:
    call = ToolCall("sleep" if dozing else "mute", {})
    talk = conversation("that will be all for tonight", replies=[call])
    (told,) = talk.told
    assert told.startswith("Okay.") and told.endswith(".")
    assert (talk.agent.attending.dozing, talk.agent.attending.muted) == (dozing, muted)


def changed(talk: Talk) -> None:
    talk.prompt = "be brief"


def test_new_settings_leave_the_question_and_the_timer_as_they_are() -> None:
    words = ["set a timer for twenty seconds", "open up", "yes"]
    lines = [Line(clip(800), None, Cue.REPLY_ENDED, 1_500) for _ in words]
    talk = Handy(
        [*lines, silence(9)], words, [], changes=[(3.2, changed), (6.4, changed)], patience_s=30
    ).hold()
    assert len(talk.taken_over) == 2
    assert talk.told == [
        "Timer set for 20 seconds.",
        QUESTION,
        "The front door is unlocked.",
        "Your timer of 20 seconds is done.",
    ]
    assert talk.roles == "uctauaucta"


def test_new_settings_do_not_end_what_was_left_to_go_on() -> None:
    line = Line(clip(300), "stop", Cue.LINE_ENDED, 1_900)
    talk = slow("call the nurse", line, changes=[(4.0, changed)])
    ((asked, took_over),) = talk.taken_over
    assert asked < took_over < 4.5
    assert talk.done == ["began call nurse", "call nurse"]
