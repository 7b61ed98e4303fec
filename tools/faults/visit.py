"""A conversation in real time of which everything is real but the ears and the voice: the agent,
the skills, what they keep, the servers that they talk to, and the language model if one is wanted.

    with Visit(folder, {"tools": {"folder": "tools"}}, [ToolCall("hang", {})]) as visit:
        turn = visit.ask("do it")
        expect("too long" in turn.heard, turn.heard)

What a person asks gets to the agent as sound, but the words are not made out of it. So nobody
mishears, and a turn takes a second. Everything that is kept lies in `folder`: state/.
"""

import asyncio
import logging
import os
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from edgevoice.app import Engines, Surroundings, Workers, converse, new_history, speak_ahead
from edgevoice.audio.chunk import Samples
from edgevoice.config import Config
from edgevoice.conversation import Conversation
from edgevoice.engines.base import NEVER, ChatModel, Message, Stop, ToolCall, ToolSpec, Transcript
from edgevoice.engines.scripted import ScriptedChat, ScriptedVoice
from edgevoice.engines.stepping import Closing, load_stepping
from edgevoice.report import Recorder, TurnReport
from edgevoice.skills.skills import Skills
from edgevoice.transports.caller import Caller, Cue, Line, Person
from tests.talk import LoudVad, clip
from tools.faults.ear import until
from tools.faults.fault import BrokenPromiseError, expect

SECRET = "rumpelstilz"
"""A word that people say here; it must not get into any log."""
ANSWER_S = 10.0
SAID_MS = 250
SETTINGS: Mapping[str, Any] = {
    "vad": {"endpointing": "fixed", "endpointing_delay_ms": 200},
    "stt": {"partial_interval_ms": 0},
    "reply": {"cue_after_ms": 0},
}
LETTER_SAMPLES = 64
"""Of a letter that is spoken, 4 ms: fifteen times as fast as people speak."""


class _Guest(Person):
    """Says whatever there is to say, at once; stays until told to go."""

    def __init__(self) -> None:
        super().__init__([], 1 << 60)
        self.going = False

    @property
    def gone(self) -> bool:
        return self.going

    def say(self, text: str) -> None:
        self._lines.append(Line(clip(SAID_MS), text, Cue.LINE_ENDED, 0))


class _Telephone(Caller):
    """Brings the guest's side, and takes what is said to them."""

    def __init__(self, guest: _Guest) -> None:
        super().__init__([])
        self._person = guest


class _Typed:
    """A `Transcriber` that knows what was said last."""

    min_avg_logprob = -1.0

    def __init__(self) -> None:
        self.words = ""

    def transcribe(self, samples: Samples, stop: Stop = NEVER) -> Transcript:
        return Transcript(self.words)


class Chat(ScriptedChat):
    """A language model by a script, which remembers what it was `asked`."""

    def __init__(self, replies: Sequence[str | ToolCall | Exception]) -> None:
        super().__init__(replies)
        self.asked: list[list[Message]] = []

    def script(self, replies: Sequence[str | ToolCall | Exception]) -> None:
        """From now on it replies like this, whatever was left of the script."""
        self._script, self._used = list(replies), 0

    def stream(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> Iterator[str | ToolCall]:
        self.asked.append(list(messages))
        return super().stream(messages, stop, tools)


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of a question: the words that were `heard`, the seconds until they began and until
    they ended, and the report on all of it."""

    heard: str
    begun_s: float
    ended_s: float
    report: TurnReport


class _Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.levelno, self.format(record)))


class Visit:
    """A context manager; inside it one can `ask`. When it is left, the log is looked through."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, Any] | None = None,
        replies: Sequence[str | ToolCall | Exception] | None = None,
    ) -> None:
        """`settings`: of config.yaml, over those that make turns short. `replies`: of a scripted
        language model; None: the one that the settings name."""
        os.environ["STATE_DIRECTORY"] = str(folder / "state")
        self.config = Config.model_validate({**SETTINGS, **(settings or {})})
        self.recorder = Recorder()
        self.log = _Log()
        logging.getLogger().setLevel(logging.DEBUG)
        logging.getLogger().addHandler(self.log)
        self.skills = Skills(self.config)
        self._replies = replies
        self._chat: ChatModel | None = None
        self._typed, self._guest = _Typed(), _Guest()
        self._conversation: Conversation | None = None
        self._error: BaseException | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="visit", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(ANSWER_S * 3)
        if self._error:
            raise self._error
        expect(self._ready.is_set(), "it does not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._guest.going = True
        self._thread.join(ANSWER_S * 2)
        logging.getLogger().removeHandler(self.log)
        if error is None:
            expect(not self._thread.is_alive(), "it does not end")
            expect(self._error is None, f"it has broken down: {self._error!r}")
            self.look_through()

    def look_through(self) -> None:
        """Nothing that was said may be in the log, and no traceback."""
        everything = "\n".join(line for _, line in self.log.lines)
        expect(SECRET not in everything.lower(), "what was said is in the log")
        expect("Traceback" not in everything, f"a traceback: {everything[-600:]}")

    @property
    def warnings(self) -> list[str]:
        """What an operator was told."""
        return [line for level, line in self.log.lines if level >= logging.WARNING]

    @property
    def chat(self) -> Chat:
        """The scripted language model."""
        assert isinstance(self._chat, Chat)
        return self._chat

    @property
    def unasked(self) -> list[str]:
        """What was said though nobody had asked, and has been heard to its end."""
        return [it.heard for it in self.recorder.turns if it.unasked and it.reply_end is not None]

    def say(self, words: str) -> float:
        """Say `words`; answers when."""
        self._typed.words = words
        self._guest.say(words)
        return time.monotonic()

    def ask(self, words: str, within_s: float = ANSWER_S) -> Turn:
        """Say `words`, and wait until the reply to them has ended."""
        before = len(self._asked())
        began = self.say(words)
        begun = [0.0]

        def ended() -> bool:
            new = self._asked()[before:]
            if new and new[0].reply_start is not None and not begun[0]:
                begun[0] = time.monotonic()
            return bool(new and new[0].reply_end is not None) or not self._thread.is_alive()

        over = until(ended, within_s)
        expect(self._thread.is_alive(), f"it has broken down: {self._error!r}")
        new = self._asked()[before:]
        heard = new[0].heard if new else ""
        expect(over, f"the reply did not end within {within_s:g} s; heard: {heard[:80]!r}")
        expect(heard.strip(), "nothing was heard in reply")
        return Turn(heard, begun[0] - began, time.monotonic() - began, new[0])

    def _asked(self) -> list[TurnReport]:
        return [turn for turn in self.recorder.turns if not turn.unasked]

    def goes_on(self) -> None:
        """The conversation does: a question is answered at once."""
        turn = self.ask("what is twelve times twelve")
        expect("144" in turn.heard, f"12 * 12 was said to be {turn.heard!r}")
        expect(turn.begun_s < 3, f"the next answer took {turn.begun_s:.1f} s")

    def _run(self) -> None:
        try:
            asyncio.run(self._converse())
        except BaseException as error:
            self._error = error
        finally:
            self._ready.set()
        if isinstance(self._chat, Closing):
            self._chat.close()

    async def _converse(self) -> None:
        with self.skills:
            chat = self._chat = self._load()
            offer = self.skills.offer(chat)
            history = new_history(self.config, offer, self.skills.facts)
            chat.prefill(history.messages(), NEVER, offer())
            voice = ScriptedVoice(samples_per_character=LETTER_SAMPLES)
            apology = speak_ahead(voice, self.config.reply.failed)
            engines = Engines(LoudVad(), self._typed, chat, voice, apology)
            here = Surroundings(skills=self.skills)
            workers = Workers.threads()
            telephone = _Telephone(self._guest)
            await converse(
                self.config, engines, telephone, [self.recorder], here, self._reach, workers
            )

    def _load(self) -> ChatModel:
        if self._replies is None:
            return load_stepping(self.config)
        return Chat(self._replies)

    @asynccontextmanager
    async def _reach(self, conversation: Conversation) -> AsyncIterator[None]:
        self._conversation = conversation
        self._ready.set()
        yield


class Doomed:
    """A process that can be killed with all that it is in the middle of; see `doomed`."""

    def __init__(self, pid: int, told: int) -> None:
        self.pid = pid
        self._told = told
        self._words = ""

    def tells(self, word: str, within_s: float = ANSWER_S * 2) -> None:
        """Wait until it has told `word`."""
        deadline = time.monotonic() + within_s
        while word not in self._words.split("\n"):
            ready, _, _ = select.select([self._told], [], [], max(0, deadline - time.monotonic()))
            new = os.read(self._told, 1 << 16).decode() if ready else ""
            self._words += new
            if not new:
                raise BrokenPromiseError(f"it has not come to {word!r}: {self._words[-500:]!r}")

    def kill(self) -> None:
        """End it, as a loss of power would."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


@contextmanager
def doomed(body: Callable[[Callable[[str], None]], None]) -> Iterator[Doomed]:
    """Runs `body` in a process of its own; what it passes to its argument is told to us."""
    ours, theirs = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(ours)
            body(lambda word: (os.write(theirs, f"{word}\n".encode()), None)[1])
        except BaseException:
            os.write(theirs, traceback.format_exc().encode())
        os._exit(0)
    os.close(theirs)
    process = Doomed(pid, ours)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError, ChildProcessError):
            process.kill()
        os.close(ours)


def children(mark: str) -> list[int]:
    """The processes, started by us, in whose environment `mark` stands."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (place / "environ").read_bytes():
                state = (place / "stat").read_text().rpartition(")")[2].split()[0]
                if state != "Z" and int(place.name) != os.getpid():
                    found.append(int(place.name))
        except OSError:
            continue
    return found
