"""What befalls a conversation through the user's own tools, the call of a person, and intents."""

import http.server
import shutil
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from edgevoice.config import HOME
from edgevoice.engines.base import ToolCall
from edgevoice.errors import ConfigError
from edgevoice.skills.threads import MOST_THREADS
from tools.faults.appliance import QUESTION, Appliance
from tools.faults.ear import say, until
from tools.faults.fault import Observed, expect, fault
from tools.faults.reload import AGAIN, READ_S, REFUSED, hang_up
from tools.faults.visit import SECRET, Turn, Visit

HONEST = "an honest answer, at once or after a filler; the next question is answered at once"
FAILED = "Sorry, that did not work."
LATE = "Sorry, that took too long."
BUSY = "hands full"
FILLER = "One moment."
TIMEOUT_S = 1.0
MOST_SPOKEN_S = 60.0
"""Nobody listens to a single answer for longer."""
HEAD = """
import asyncio, sys, time
from edgevoice.skills.tool import ToolFailedError, tool

"""
INTENTS = HOME / "edgevoice/languages/en-intents.yaml"


def with_tools(
    folder: Path,
    source: str,
    calls: Sequence[str | ToolCall],
    settings: dict[str, Any] | None = None,
) -> Visit:
    """A conversation in which a language model makes these `calls` of the user's own tools."""
    place = folder / "tools"
    place.mkdir(mode=0o700)
    (place / "own.py").write_text(HEAD + textwrap.dedent(source))
    return Visit(folder, {"tools": {"folder": str(place)}, **(settings or {})}, calls)


def heard(turn: Turn, *words: str) -> Turn:
    """Look that all of `words` were heard."""
    for word in words:
        expect(word.lower() in turn.heard.lower(), f"heard was {turn.heard[:120]!r}")
    return turn


def failed(visit: Visit, turn: Turn, words: str = FAILED, within_s: float = 3.0) -> Turn:
    """Look that it was said soon, that it failed, and that the conversation goes on."""
    heard(turn, words)
    expect(turn.ended_s < within_s, f"that was said after {turn.ended_s:.1f} s")
    expect(all(not ok for _, ok in turn.report.tools), "it counts as done")
    visit.goes_on()
    return turn


@fault(HONEST)
def tool_hangs(folder: Path) -> Observed:
    """A user's tool never comes back."""
    source = f"""
        @tool(timeout_s={TIMEOUT_S})
        async def look(what: str) -> str:
            \"""Looks.\"""
            await asyncio.sleep(3600)
        """
    with with_tools(folder, source, [ToolCall("look", {"what": SECRET})]) as visit:
        turn = failed(visit, visit.ask(f"look for {SECRET}"), LATE)
        heard(turn, FILLER)
    return Observed(f"“{turn.heard}” after {turn.ended_s:.1f} s")


@fault("each is told to take too long; then that hands are full; what needs no tool is as quick")
def tools_block_all_threads(folder: Path) -> Observed:
    """A user's tool blocks its thread for good, again and again, until no thread is left."""
    source = """
        @tool(timeout_s=0.2)
        def dig() -> str:
            \"""Digs.\"""
            time.sleep(3600)
        """
    with with_tools(folder, source, [ToolCall("dig", {})] * (MOST_THREADS + 1)) as visit:
        for _ in range(MOST_THREADS):
            heard(visit.ask("dig"), LATE)
        turn = failed(visit, visit.ask("dig"), BUSY)
        heard(visit.ask("set a timer for an hour"), "Timer set for 1 hour")
        ended = time.monotonic()
    took = time.monotonic() - ended
    expect(took < 5, f"it took {took:.1f} s to end")
    return Observed(f"{MOST_THREADS} × “{LATE}”, then “{turn.heard}”; it ended after {took:.1f} s")


@fault("late by as long as it is blocked; then everything is answered")
def tool_blocks_the_loop(folder: Path) -> Observed:
    """A user's tool is async, but blocks all the same: for two seconds nothing else happens."""
    source = """
        @tool
        async def stare() -> str:
            \"""Stares.\"""
            time.sleep(2)
            return "That was long."
        """
    with with_tools(folder, source, [ToolCall("stare", {})]) as visit:
        turn = heard(visit.ask("stare"), "That was long")
        expect(turn.ended_s < 5, f"that was said after {turn.ended_s:.1f} s")
        visit.goes_on()
    return Observed(f"“{turn.heard}” after {turn.ended_s:.1f} s; the next one was at once")


RAISED = (
    "ValueError(what)", "KeyError(what)", "MemoryError()", "RecursionError()",
    "StopIteration(what)", "StopAsyncIteration(what)", "TimeoutError()", "OSError(5, what)",
    "BaseException(what)",
    "KeyboardInterrupt()", "GeneratorExit()", "asyncio.CancelledError()", "SystemExit(what)",
    "ExceptionGroup(what, [ValueError(what)])", "Awkward()",
)  # fmt: skip
AWKWARD = """
class Awkward(Exception):
    def __str__(self):
        raise RuntimeError("no words")
"""


def _raises(folder: Path, kind: str) -> Observed:
    lines = [textwrap.dedent(AWKWARD)]
    for number, error in enumerate(RAISED):
        lines.append(
            f"@tool\n{kind} try_{number}(what: str) -> str:\n    '''Tries.'''\n    raise {error}\n"
        )
    calls = [ToolCall(f"try_{number}", {"what": SECRET}) for number in range(len(RAISED))]
    with with_tools(folder, "\n".join(lines), calls) as visit:
        for error in RAISED:
            turn = visit.ask(f"try it with {SECRET}")
            expect(turn.heard == FAILED, f"after {error} it said {turn.heard!r}")
        visit.goes_on()
    return Observed(f"{len(RAISED)} kinds of errors, {len(RAISED)} × “{FAILED}”")


@fault("“that did not work”, every time; nothing of the error's text is in the log")
def tool_raises(folder: Path) -> Observed:
    """A user's tool raises whatever can be raised: errors, exits, cancellations, interrupts."""
    return _raises(folder, "def")


@fault("“that did not work”, every time; nothing of the error's text is in the log")
def async_tool_raises(folder: Path) -> Observed:
    """A user's async tool raises whatever can be raised."""
    return _raises(folder, "async def")


@fault("the sentence of the tool, word by word; nothing is claimed")
def tool_says_why_not(folder: Path) -> Observed:
    """A user's tool cannot do it and says why, while the model claims that it was done."""
    source = """
        @tool
        def unlock() -> str:
            \"""Unlocks.\"""
            raise ToolFailedError("The lock is frozen.")
        """
    replies: list[str | ToolCall] = [ToolCall("unlock", {}), "I have set the timer."]
    with with_tools(folder, source, replies) as visit:
        turn = failed(visit, visit.ask("unlock it"), "The lock is frozen.")
        claim = heard(visit.ask("and now"), "I have not done that")
    return Observed(f"“{turn.heard}”; in place of the claim: “{claim.heard}”")


@fault("the answer; the memory is given back")
def tool_eats_memory(folder: Path) -> Observed:
    """A user's tool takes 400 MB for its answer."""
    source = """
        @tool
        def weigh() -> str:
            \"""Weighs.\"""
            much = bytearray(400_000_000)
            much[::4096] = b"x" * len(much[::4096])
            return "It is heavy."
        """
    with with_tools(folder, source, [ToolCall("weigh", {})]) as visit:
        before = _rss()
        turn = heard(visit.ask("weigh it"), "It is heavy")
        visit.goes_on()
        more = _rss() - before
    expect(more < 100, f"{more} MB are kept")
    return Observed(f"“{turn.heard}” after {turn.ended_s:.1f} s; {more} MB more than before")


def _rss() -> int:
    status = Path("/proc/self/status").read_text()
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(kilobytes) // 1000


@fault("the answer; what is printed is nobody's, and stops nothing")
def tool_prints(folder: Path) -> Observed:
    """A user's tool prints megabytes to standard output, and closes it."""
    source = """
        @tool
        def chatter() -> str:
            \"""Chatters.\"""
            for _ in range(1000):
                print("x" * 1000)
            sys.stdout.flush()
            sys.stdout = None
            return "I have said a lot."
        """
    kept = sys.stdout
    with with_tools(folder, source, [ToolCall("chatter", {})]) as visit:
        turn = heard(visit.ask("chatter"), "I have said a lot")
        visit.goes_on()
    sys.stdout = kept
    return Observed(f"“{turn.heard}” after {turn.ended_s:.1f} s")


def _long(folder: Path, answer: str) -> Observed:
    source = f"""
        @tool
        def recite() -> {"str" if "join" in answer or "*" in answer else "list"}:
            \"""Recites.\"""
            return {answer}
        """
    replies: list[str | ToolCall] = [ToolCall("recite", {}), "It is a long list."]
    with with_tools(folder, source, replies) as visit:
        turn = visit.ask("recite it", within_s=30)
        spoken = len(turn.heard) * 0.065
        expect(spoken < MOST_SPOKEN_S, f"it would be spoken for {spoken:.0f} s")
        expect(turn.begun_s < 3, f"it began after {turn.begun_s:.1f} s")
        visit.goes_on()
        told = [len(message.content) for asked in visit.chat.asked for message in asked]
        expect(max(told, default=0) < 5_000, f"the model was told {max(told, default=0)} letters")
    return Observed(f"begun after {turn.begun_s:.1f} s, {len(turn.heard)} letters were spoken")


@fault("as much of it as anybody would listen to, at once, and that it goes on")
def tool_answers_10_mb(folder: Path) -> Observed:
    """A user's tool answers ten megabytes of sentences."""
    return _long(folder, '"A sentence of many words, and none of them new. " * 200_000')


@fault("as much of it as anybody would listen to, at once")
def tool_answers_one_endless_word(folder: Path) -> Observed:
    """A user's tool answers ten megabytes without a blank."""
    return _long(folder, '"x" * 10_000_000')


@fault("the model words the beginning of it; the conversation goes on at once")
def tool_answers_10_mb_of_data(folder: Path) -> Observed:
    """A user's tool answers a list of a million numbers."""
    return _long(folder, "list(range(1_000_000))")


@fault("refused at the start, with file, line and cause; exit code 2")
def tool_file_broken(folder: Path) -> Observed:
    """A file of the user's tools is broken, exits, has no types, or is no text."""
    place = folder / "tools"
    place.mkdir(mode=0o700)
    file = place / "own.py"
    wrong = {
        "no Python": "def x(:\n",
        "raises": "1 / 0\n",
        "exits": "import sys\nsys.exit(0)\n",
        "no types": "from edgevoice.skills.tool import tool\n@tool\ndef f(x):\n    '''F.'''\n",
        "no text": "\0\0\0",
    }
    for how, content in wrong.items():
        file.write_text(content)
        try:
            with Visit(folder, {"tools": {"folder": str(place)}}, []):
                expect(False, f"{how}: it began")
        except ConfigError as error:
            expect(str(file) in error.what, f"{how}: {error.what}")
    return Observed(f"{len(wrong)} kinds of broken files, each refused with its name")


@fault("what was begun is told truly: cancelled or left to go on; nothing is claimed")
def interrupted_while_a_tool_works(folder: Path) -> Observed:
    """A person talks over the filler while a tool works, which lasts or does not."""
    note = folder / "note"
    source = f"""
        async def slowly(name):
            try:
                await asyncio.sleep(2)
            except asyncio.CancelledError:
                open({str(note)!r}, "a").write(f"{{name}} cancelled ")
                raise
            open({str(note)!r}, "a").write(f"{{name}} done ")

        @tool
        async def short() -> str:
            \"""Short.\"""
            await slowly("short")
            return "Short is done."

        @tool(lasts=True)
        async def long() -> str:
            \"""Long.\"""
            await slowly("long")
            return "Long is done."
        """
    first: list[str | ToolCall] = [ToolCall("short", {}), "I hear you."]
    replies = [*first, ToolCall("long", {}), "I hear you again."]
    with with_tools(folder, source, replies) as visit:
        for tool in ("short", "long"):
            visit.say(tool)
            time.sleep(1.6)  # the filler has been said, and the tool works on
            heard(visit.ask("are you there"), "I hear you")
        deadline = time.monotonic() + 5
        while "long" not in (note.read_text() if note.exists() else ""):
            expect(time.monotonic() < deadline, "neither went on nor was cancelled")
            time.sleep(0.05)
        told = [
            message.content
            for asked in visit.chat.asked
            for message in asked
            if message.role == "tool"
        ]
        visit.goes_on()
    expect(note.read_text().split() == ["short", "cancelled", "long", "done"], note.read_text())
    expect(any("left to go on" in text for text in told), f"history says {told}")
    expect(any("broken off" in text for text in told), f"history says {told}")
    return Observed("the one was broken off, the other went on to its end, and history says so")


# --- calling a person


@contextmanager
def webhook(status: int = 200, silent: bool = False) -> Iterator[tuple[str, list[str]]]:
    """A webhook, and the keys with which it was asked."""
    keys: list[str] = []
    over = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            keys.append(self.headers["Idempotency-Key"])
            if silent:
                over.wait(30)
                return
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/", keys
        finally:
            over.set()
            server.shutdown()
            thread.join()


NOT_CALLED = "“I could not reach the nurse”, within the time that is set; never that she was called"


def not_called(folder: Path, way: dict[str, Any], within_s: float = 4.0, **more: Any) -> Turn:
    """Nobody is called in this `way`, and the person is told so."""
    settings = {"handover": {"people": {"nurse": way}, "timeout_s": 2, **more}}
    with Visit(folder, settings, ["I have called the nurse."]) as visit:
        turn = visit.ask("call the nurse")
        failed(visit, turn, "I could not reach the nurse", within_s)
        expect("called" not in turn.heard.lower(), turn.heard)
        claim = visit.ask(f"have you called her about {SECRET}")
        expect("have called" not in claim.heard, f"then it said {claim.heard!r}")
    return turn


@fault("refused at the start, in one line that names the program")
def handover_command_missing(folder: Path) -> Observed:
    """The command that calls a person is not there when we start."""
    people = {"nurse": {"command": [str(folder / "nowhere")]}}
    try:
        with Visit(folder, {"handover": {"people": people}}, []):
            expect(False, "it began")
    except ConfigError as error:
        expect("nowhere" in error.what, error.what)
        return Observed(error.what.replace(str(folder), ""))
    raise AssertionError


@fault(NOT_CALLED)
def handover_command_goes(folder: Path) -> Observed:
    """The command that calls a person is removed while we run."""
    command = folder / "call"
    shutil.copy("/bin/true", command)
    settings = {"handover": {"people": {"nurse": {"command": [str(command)]}}, "timeout_s": 2}}
    with Visit(folder, settings, []) as visit:
        heard(visit.ask("call the nurse"), "I have called the nurse")
        command.unlink()
        turn = failed(visit, visit.ask("call the nurse"), "I could not reach the nurse")
    return Observed(f"“{turn.heard}” after {turn.ended_s:.1f} s")


@fault(NOT_CALLED)
def handover_command_fails(folder: Path) -> Observed:
    """The command that calls a person ends with an error."""
    turn = not_called(folder, {"command": ["false"]})
    return Observed(f"“{turn.heard}” after {turn.ended_s:.1f} s")


@fault(NOT_CALLED + "; it is ended, and what it has started")
def handover_command_hangs(folder: Path) -> Observed:
    """The command that calls a person hangs, and a program that it has started does, too."""
    note = folder / "pids"
    script = f"sleep 1000 & echo $! $$ > {note}; wait"
    turn = not_called(folder, {"command": ["sh", "-c", script]})
    left = [pid for pid in note.read_text().split() if _runs(int(pid))]
    expect(not left, f"left running: {left}")
    return Observed(f"“{turn.heard}” after {turn.ended_s:.1f} s; nothing of it is left")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@fault(NOT_CALLED)
def handover_webhook_down(folder: Path) -> Observed:
    """The webhook that calls a person is down."""
    with webhook() as (url, _):
        pass
    turn = not_called(folder, {"webhook": url}, within_s=6)
    return Observed(f"“{turn.heard}” after {turn.ended_s:.1f} s")


@fault(NOT_CALLED)
def handover_webhook_silent(folder: Path) -> Observed:
    """The webhook that calls a person takes the message, and says nothing."""
    with webhook(silent=True) as (url, keys):
        turn = not_called(folder, {"webhook": url}, within_s=6)
    expect(len(set(keys)) == 1, f"asked with the keys {keys}")
    return Observed(f"“{turn.heard}” after {turn.ended_s:.1f} s")


@fault(NOT_CALLED + "; all tries have one key")
def handover_webhook_fails(folder: Path) -> Observed:
    """The webhook that calls a person answers with errors."""
    with webhook(503) as (url, keys):
        turn = not_called(folder, {"webhook": url}, within_s=6)
    expect(len(keys) >= 2 and len(set(keys)) == 1, f"asked with the keys {keys}")
    return Observed(f"“{turn.heard}” after {turn.ended_s:.1f} s, {len(keys)} tries with one key")


@fault(NOT_CALLED)
def handover_sip_silent(folder: Path) -> Observed:
    """Nobody answers at the SIP address of a person."""
    turn = not_called(folder, {"sip": "sip:nurse@127.0.0.1:9"}, within_s=6)
    return Observed(f"“{turn.heard}” after {turn.ended_s:.1f} s")


# --- intents


@contextmanager
def own_intents(folder: Path) -> Iterator[tuple[Appliance, Path]]:
    """An appliance in the middle of a conversation, with a file of intents of its own."""
    file = folder / "intents.yaml"
    shutil.copy(INTENTS, file)
    settings = {"audio": {"duplex": "full"}, "intents": {"file": str(file)}}
    with Appliance(folder, settings) as appliance:
        appliance.ask()
        yield appliance, file


@fault("refused in one line, which names the file; the old ones stay, the conversation goes on")
def intents_broken_on_reload(folder: Path) -> Observed:
    """The file of intents is broken when settings are read again."""
    with own_intents(folder) as (appliance, file):
        for content in ("intents: [", "\0\0", "intents:\n  set_timer: 5\n"):
            file.write_text(content)
            asked = hang_up(appliance)
            appliance.wait_logged(f"{REFUSED}: {file}", READ_S, asked)
        reply = appliance.ask("and in spain", "madrid")
        expect("Traceback" not in appliance.log, appliance.log[-300:])
    return Observed(f"refused 3 times; the next question was answered after {reply:.1f} s")


@fault("the new sentences hold at once")
def intents_changed_on_reload(folder: Path) -> Observed:
    """The file of intents gets another sentence for a timer, and settings are read again."""
    with own_intents(folder) as (appliance, file):
        tree = yaml.safe_load(file.read_text())
        new = {"sentences": [QUESTION], "slots": {"seconds": 3600}}
        tree["intents"]["set_timer"]["data"].append(new)
        file.write_text(yaml.safe_dump(tree))
        asked = hang_up(appliance)
        appliance.wait_logged(AGAIN, READ_S, asked)
        time.sleep(0.5)  # until nobody speaks, the old ones hold
        said = say(QUESTION)
        timers = appliance.state / "timers.json"
        expect(until(timers.exists, 5), "the new sentence was not understood")
        took = time.monotonic() - said
    return Observed(f"the new sentence was understood after {took:.1f} s")
