"""`chat`: a whole conversation, typed."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from edgevoice.cli.console import (
    ConfigOption,
    JsonOption,
    console,
    loading,
    print_json,
    settings,
)
from edgevoice.cli.talking import until_stopped
from edgevoice.errors import printable

if TYPE_CHECKING:
    from edgevoice.typed import Answered

YOU = "[bold cyan]you ›[/] "


def chat(
    model_only: Annotated[
        bool,
        typer.Option("--model-only", help="Talk with the language model alone: without tools."),
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Type what you would say: one line, one reply. An empty line or Ctrl-D ends.

    It can do what `run` can. Timers last until the end, and ring here. With --json, every reply is
    one line of JSON.
    """
    from contextlib import ExitStack

    from edgevoice.app import new_history
    from edgevoice.engines.loading import load_chat
    from edgevoice.engines.workers import ThreadWorker
    from edgevoice.phrases_file import load_phrases
    from edgevoice.replying import NoBell
    from edgevoice.report import Journal
    from edgevoice.responders.base import Writer
    from edgevoice.responders.writers import ChatWriter
    from edgevoice.skills.skills import Skills
    from edgevoice.typed import Lines, Typed

    chosen = settings(config)
    phrases = load_phrases(chosen.phrases.file)
    with ExitStack() as opened:
        with loading() as progress:
            skills = None
            if not model_only:
                progress("tools")
                skills = opened.enter_context(Skills(chosen, guest=True))
            progress("language model")
            model = load_chat(chosen.llm)
        offer = skills.offer(model) if skills else None
        typed = Typed(
            Programs() if as_json else Terminal(typed=sys.stdin.isatty()),
            new_history(chosen, offer, skills.facts if skills else lambda: ""),
            skills.bell if skills else NoBell(),
            lambda words: chosen.reply.forgotten if phrases.says_forget(words) else "",
            lambda: model.evaluated_tokens,
        )
        worker = ThreadWorker("llm")
        opened.callback(worker.close)
        journal = Journal([typed])
        alone = ChatWriter(model, worker, journal, offer or (lambda: ()))
        writer: Writer = alone
        if skills:
            skills.signal = typed.signal
            writer = skills.writer(chosen, alone, journal)
        until_stopped(typed.hold(writer, Lines(sys.stdin.fileno())))


class Terminal:
    """A `Screen` for people. `typed`: they type; otherwise it is piped in."""

    def __init__(self, *, typed: bool) -> None:
        self._typed = typed
        self._in_line = False

    def ask(self) -> None:
        if self._typed:
            console.print(YOU, end="")

    def say(self, clause: str) -> None:
        console.print(printable_lines(clause), end="", markup=False, soft_wrap=True)
        self._in_line = not clause.endswith("\n")

    def used(self, tool: str, ok: bool) -> None:
        self._line(f"[dim]⚙ {escape(tool)}[/] {'[green]✓[/]' if ok else '[red]✗[/]'}")

    def answered(self, what: "Answered") -> None:
        console.print()
        self._in_line = False

    def ring(self, words: str) -> None:
        if self._typed:
            console.bell()
            console.print()  # below what may have been begun
        console.print(f"🔔 {printable(words)}", markup=False, soft_wrap=True)
        self.ask()

    def note(self, words: str) -> None:
        self._line(f"[dim]{escape(words)}[/]")

    def _line(self, words: str) -> None:
        if self._in_line:
            console.print()
        self._in_line = False
        console.print(words, soft_wrap=True)


class Programs:
    """A `Screen` for programs: a line of JSON for every reply, and for what rings."""

    def ask(self) -> None:
        pass

    def say(self, clause: str) -> None:
        pass

    def used(self, tool: str, ok: bool) -> None:
        pass

    def answered(self, what: "Answered") -> None:
        tools = [
            {"name": call.name, "arguments": dict(call.arguments), "ok": ok}
            for call, ok in what.tools
        ]
        answer = {
            "user": what.user,
            "agent": what.agent,
            "route": what.route,
            "tools": tools,
            "evaluated_tokens": what.evaluated,
        }
        print_json(answer, one_line=True)

    def ring(self, words: str) -> None:
        print_json({"announced": words}, one_line=True)

    def note(self, words: str) -> None:
        pass


def printable_lines(text: str) -> str:
    """`text`, which may be others', without what a terminal would obey; its lines stay."""
    return "\n".join(map(printable, text.split("\n")))
