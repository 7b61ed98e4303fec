"""A conversation that is typed."""

import asyncio
import json
import os
import re
import select
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edgevoice.config import HOME
from edgevoice.dialog.attention import Signal
from edgevoice.dialog.calls import ToolCall
from edgevoice.dialog.history import History
from edgevoice.engines.scripted import ScriptedChat
from edgevoice.engines.workers import InlineWorker
from edgevoice.phrases_file import load_claims
from edgevoice.replying import NoBell
from edgevoice.report import Journal
from edgevoice.responders.base import Writer
from edgevoice.responders.writers import ChatWriter
from edgevoice.skills.builtin.household import household_tools
from edgevoice.skills.situation import Situation, Understanding
from edgevoice.skills.tool import Effect, Tool, tool
from edgevoice.skills.toolbox import Toolbox
from edgevoice.skills.writer import SkilledWriter
from edgevoice.testing import run_virtual
from edgevoice.typed import DEAF, Answered, Lines, Typed
from tests.terminal import a_terminal
from tests.test_cli import complaint, edgevoice


@dataclass
class Shown:
    """What would stand on the screen."""

    rows: list[str] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)

    def ask(self) -> None:
        self.rows.append("?")

    def say(self, clause: str) -> None:
        self.rows.append(clause)

    def used(self, tool: str, ok: bool) -> None:
        self.rows.append(f"{tool}: {ok}")

    def answered(self, what: Answered) -> None:
        self.answers.append(what)

    def ring(self, words: str) -> None:
        self.rows.append(f"ring: {words}")

    def note(self, words: str) -> None:
        self.rows.append(f"note: {words}")


class Typist(Lines):
    """Types `lines`, each after so many seconds."""

    def __init__(self, *lines: tuple[float, str]) -> None:
        self._lines = list(lines)

    async def next(self) -> str:
        wait, line = self._lines.pop(0) if self._lines else (0.0, "")
        await asyncio.sleep(wait)
        return line


@dataclass
class Kitchen:
    """A `Bell` that rings at a time, until somebody answers."""

    at: float
    rung: list[float] = field(default_factory=list)
    over: bool = False

    def due(self) -> str:
        now = asyncio.get_running_loop().time()
        return "" if self.over or self.rung or now < self.at else "The eggs are done."

    def said(self, heard: bool) -> None:
        assert heard
        self.rung.append(asyncio.get_running_loop().time())

    def answered(self) -> None:
        self.over = bool(self.rung)


@tool
async def wave() -> str:
    """Waves."""
    return "I have waved."


@tool(effect=Effect.DANGEROUS, question="Shall I really jump?")
async def jump() -> str:
    """Jumps."""
    return "I have jumped."


class Talk:
    """A conversation with a model that says `replies`."""

    def __init__(self, *replies: str | ToolCall, tools: Sequence[Tool] = (wave, jump)) -> None:
        self.shown, self.history = Shown(), History("You are kind.", 1_000)
        self.model = ScriptedChat(replies)
        self.toolbox = Toolbox(tools)
        self.situation = Situation()

    def held(self, *lines: tuple[float, str], bell: Kitchen | None = None) -> Shown:
        """What is shown of it."""
        typed = self.typed(bell)
        journal = Journal([typed])
        run_virtual(typed.hold(self.writer(journal), Typist(*lines)))
        return self.shown

    def typed(self, bell: Kitchen | None = None) -> Typed:
        return Typed(
            self.shown,
            self.history,
            bell or NoBell(),
            lambda words: "I have forgotten it." if words == "forget that" else "",
            lambda: self.model.evaluated_tokens,
        )

    def writer(self, journal: Journal) -> Writer:
        return SkilledWriter(
            ChatWriter(self.model, InlineWorker(), journal, lambda: self.toolbox.specs),
            self.toolbox,
            Understanding({"yes": True, "no": False}.get),
            load_claims(HOME / "edgevoice/languages/en-claims.yaml"),
            journal,
            situation=self.situation,
        )


def test_a_tool_is_shown_before_what_is_said_of_it() -> None:
    shown = Talk(ToolCall("wave", {})).held((1, "wave"))
    assert shown.rows == ["?", "wave: True", "I have waved.", "?"]
    (answer,) = shown.answers
    assert (answer.user, answer.agent, answer.route) == ("wave", "I have waved.", "model")
    assert answer.tools == ((ToolCall("wave", {}), True),)
    assert answer.evaluated > 0


def test_what_was_read_beforehand_is_not_counted() -> None:
    talk = Talk("Hello.")
    (answer,) = talk.held((1, "hi")).answers
    assert answer.evaluated == len(["hi", "<end>", "<assistant>", "Hello."])
    assert talk.model.evaluated_tokens > answer.evaluated  # and the system prompt


@pytest.mark.parametrize(
    ("typed", "says"), [("yes", "I have jumped."), ("no", "All right, I won't.")]
)
def test_what_is_dangerous_wants_a_yes(typed: str, says: str) -> None:
    shown = Talk(ToolCall("jump", {})).held((1, "jump"), (5, typed))
    assert [answer.agent for answer in shown.answers] == ["Shall I really jump?", says]
    assert [bool(answer.tools) for answer in shown.answers] == [False, typed == "yes"]
    assert shown.answers[1].route == "answer"


def test_it_rings_while_nobody_types() -> None:
    bell = Kitchen(at=10)
    talk = Talk("Hello.", "Good.")
    shown = talk.held((1, "hi"), (60, "thank you"), bell=bell)
    assert shown.rows == ["?", "Hello.", "?", "ring: The eggs are done.", "Good.", "?"]
    assert bell.rung[0] == pytest.approx(10, abs=0.3) and bell.over
    assert "Hello. The eggs are done." in [message.content for message in talk.history.messages()]


def test_what_was_due_meanwhile_comes_before_the_next_line_is_answered() -> None:
    bell = Kitchen(at=0.1)
    shown = Talk("Hello.").held((0.2, "hi"), bell=bell)
    assert shown.rows == ["?", "ring: The eggs are done.", "Hello.", "?"]


def test_forgetting() -> None:
    talk = Talk("Hello.", "Who are you?")
    shown = talk.held((1, "I am Bo"), (1, "forget that"), (1, "who am I"))
    assert [answer.agent for answer in shown.answers] == [
        "Hello.",
        "I have forgotten it.",
        "Who are you?",
    ]
    said = [message.content for message in talk.history.messages()]
    assert said == ["You are kind.", "who am I", "Who are you?"]


def test_a_tool_that_forgets_does_so_after_its_reply() -> None:
    talk = Talk(ToolCall("forget", {}), ToolCall("mute", {}))
    typed = talk.typed()
    talk.toolbox.add(household_tools(talk.situation, typed.signal, str))
    run_virtual(typed.hold(talk.writer(Journal([typed])), Typist((1, "a"), (1, "b"))))
    assert talk.shown.rows[1:4] == ["forget: True", "Okay. ", "I forget what we said."]
    assert "a" not in [message.content for message in talk.history.messages()]
    assert f"note: {DEAF}" in talk.shown.rows  # nobody listens, so nobody is muted


def test_what_is_not_for_a_typed_conversation_is_said() -> None:
    talk = Talk()
    talk.typed().signal(Signal.MUTE)
    assert talk.shown.rows == [f"note: {DEAF}"]


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_lines_come_as_they_are_typed(end: bytes) -> None:
    out, into = os.pipe()

    async def read() -> list[str]:
        lines = Lines(out)
        waiting = asyncio.create_task(lines.next())
        await asyncio.sleep(0)
        os.write(into, b" what time\nis ")
        first = await waiting
        os.write(into, "it ü\xff".encode("latin-1") + end)
        os.close(into)
        return [first, await lines.next(), await lines.next(), await lines.next()]

    try:
        assert asyncio.run(read()) == ["what time", "is it \ufffd\ufffd", "", ""]
    finally:
        os.close(out)


def test_lines_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "lines").write_text("one\ntwo")
    with (tmp_path / "lines").open("rb") as file:
        lines = Lines(file.fileno())

        async def read() -> list[str]:
            return [await lines.next(), await lines.next(), await lines.next()]

        assert asyncio.run(read()) == ["one", "two", ""]


# --- as a command


def test_chat_uses_tools() -> None:
    shown = edgevoice("chat", typed="what time is it\nset a timer for one minute\n").stdout
    assert re.search(r"⚙ current_time ✓\nIt's \d+:\d\d [AP]M", shown)
    assert "⚙ set_timer ✓\nTimer set for 1 minute." in shown


def test_chat_tells_programs_who_answered_and_what_was_done() -> None:
    typed = "set a timer for one minute\nwhat is the capital of france\n"
    timer, france = map(json.loads, edgevoice("chat", "--json", typed=typed).stdout.splitlines())
    assert timer["route"] == "intent"
    arguments = {"seconds": 60}
    assert timer["tools"] == [{"name": "set_timer", "arguments": arguments, "ok": True}]
    assert (france["route"], france["tools"]) == ("model", []) and "Paris" in france["agent"]


def test_chat_with_the_model_alone() -> None:
    shown = edgevoice("chat", "--model-only", typed="set a timer for one minute\n").stdout
    assert "⚙" not in shown and "Timer set" not in shown


def test_chat_at_a_terminal() -> None:
    ours, theirs = a_terminal()
    command = [sys.executable, "-m", "edgevoice", "chat"]
    chat = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    try:
        seen = read_until(ours, b"you \xe2\x80\xba")
        assert b"Getting ready" in seen
        os.write(ours, b"set a timer for one second\n")
        seen = read_until(ours, b"is done.")
        assert b"Getting ready" not in seen and b"Timer set for 1 second." in seen
        os.write(ours, b"\x04")  # Ctrl-D
        assert chat.wait(20) == 0
    finally:
        chat.kill()
        chat.wait()
        os.close(ours)


def read_until(descriptor: int, words: bytes) -> bytes:
    """What is shown at a terminal, up to `words`."""
    seen = b""
    while words not in seen:
        ready, _, _ = select.select([descriptor], [], [], 30)
        assert ready, seen
        seen += os.read(descriptor, 4_096)
    return seen


def test_a_timer_that_is_typed_is_nobody_elses(tmp_path: Path) -> None:
    edgevoice("chat", typed="set a timer for one minute\n", STATE_DIRECTORY=str(tmp_path))
    assert not list(tmp_path.glob("timers*"))


def test_chat_says_what_is_wrong_with_the_settings(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("storage: {enabled: true}")
    said = complaint(edgevoice("chat", "--config", tmp_path / "config.yaml", typed="hi\n"))
    assert "there is no key" in said
