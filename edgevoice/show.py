"""The conversation, live in a terminal.

    ● you    what is the capital of France
    ◆ agent  The capital of France is Paris.
             412 ms ███████▓▒ = endpoint 340 · words 31 · first token 12 · clause 20 · …

On a terminal the line that is being spoken grows in place; a file or a pipe gets the finished
lines only. Everything is readable without colours.
"""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle, zip_longest
from statistics import median
from types import TracebackType
from typing import Self

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from edgevoice.dialog.events import (
    Announced,
    ClauseWritten,
    Event,
    Misunderstood,
    Note,
    NothingSaid,
    PartialHeard,
    SpeechEnded,
    SpeechStarted,
    TurnDone,
    TurnStarted,
    Understood,
)
from edgevoice.report import Recorder, TurnReport
from edgevoice.signals import Phase

STAGES = {
    "endpoint": ("endpoint", "yellow"),
    "stt_final": ("words", "cyan"),
    "llm_first_token": ("first token", "magenta"),
    "llm_first_clause": ("clause", "blue"),
    "tts_first_chunk": ("voice", "green"),
    "playback": ("playback", "red"),
}
"""What the stages of `TurnReport.stages_ms` are called here, and their colours."""

SHADES = "█▓▒░"
"""Neighbours in a bar differ in these too, for whoever sees no colours."""

ATTENTION = {
    Phase.READY: "listening",
    Phase.HEARING: "listening",
    Phase.MUTED: "muted",
    Phase.ASLEEP: "not listening",
}
"""The phases that tell whether we listen; in the others, it is as before."""

BAR_CELLS = 20
NARROW = 40
"""Columns below which a line's head is its symbol alone."""


class Show:
    """An observer that prints the conversation on `console`, and nowhere else; and a `Led`.

    Use it as a context manager, or call `close` at the end: that takes away a line that was left
    unfinished.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._grows = console.is_terminal and not console.is_dumb_terminal
        self._live: Live | None = None
        self._recorder = Recorder()
        self._partial: str | None = None
        self._words: Understood | Misunderstood | None = None
        self._replying = False
        self._attention = "listening"

    def __call__(self, what: Event | Note) -> None:
        """Show what happened."""
        self._recorder(what)
        match what:
            case SpeechStarted():
                self._partial = self._partial or ""
            case PartialHeard(text=text):
                self._partial = text
            case NothingSaid():
                self._partial = None
            case SpeechEnded() if self._replying:  # too short to interrupt
                self._partial = None
            case Understood() | Misunderstood():
                self._partial, self._words = what.text, what
            case Announced():
                self._words = None  # nobody has asked
            case TurnStarted():
                self._partial = None
                if self._words:
                    self._print(words_heard(self._words))
                    self._words = None
                self._replying = True
                del self._recorder.turns[:-1]  # a conversation may last for days
            case TurnDone() if self._replying:
                self._replying = False
                self._print(*reply_done(self._recorder.turns[-1]))
            case ClauseWritten():
                pass
            case _:
                return  # tokens and sounds change nothing that is seen
        self._grow()

    def show(self, phase: Phase) -> None:
        """As a `Led`: tell it when we begin or cease to listen."""
        before, self._attention = self._attention, ATTENTION.get(phase, self._attention)
        if self._attention != before:
            self._print(Text(f"○ {self._attention}", "dim"))
            self._grow()

    def close(self) -> None:
        """Take away the unfinished line."""
        if self._live:
            self._live.stop()
            self._live = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _print(self, *lines: RenderableType) -> None:
        self.close()
        for line in lines:
            self._console.print(line)

    def _grow(self) -> None:
        line = self._growing() if self._grows else None
        if line is None:
            self.close()
        elif self._live:
            self._live.update(line, refresh=True)
        else:
            self._live = Live(
                line,
                console=self._console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start(refresh=True)
            self._console.show_cursor()  # nothing is left hidden, however the program ends

    def _growing(self) -> "Paragraph | None":
        if self._replying:
            clauses = self._recorder.turns[-1].clauses
            return reply_growing(clauses, overlap=self._partial is not None)
        return None if self._partial is None else words_growing(self._partial)


class Quiet:
    """An observer, and a `Led`, that prints whether we listen, and never a word of what is said.

    For services: what they print is kept in the system's journal.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._attention = ""

    def __call__(self, what: Event | Note) -> None:
        """Let it pass."""

    def show(self, phase: Phase) -> None:
        """Tell when we begin or cease to listen, and that a reply has failed."""
        before, self._attention = self._attention, ATTENTION.get(phase, self._attention)
        if self._attention != before:
            self._print(self._attention)
        if phase is Phase.ERROR:
            self._print("a reply failed")

    def close(self) -> None:
        """Nothing is left unfinished."""

    def _print(self, words: str) -> None:
        # When nobody reads any more (the journal was started again), rich prints nothing from then
        # on and ends the program. A service goes on.
        with suppress(OSError, SystemExit):
            self._console.print(words)


@dataclass(frozen=True)
class Paragraph:
    """Text under a hanging head (`symbol`, `name`). It wraps between words, and not in `atoms`.

    `atoms` are pieces that stay whole where they can, after the text.
    """

    symbol: str
    name: str
    style: str
    text: Text
    atoms: tuple[Text, ...] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        head = Text(f"{self.symbol} {self.name:<7}", self.style)
        if options.max_width < NARROW:
            head = Text(f"{self.symbol} ", self.style)
        width = max(1, options.max_width - cell_len(head.plain))
        lines = list(self.text.wrap(console, width, overflow="fold")) if self.text else []
        for line in packed(self.atoms, width):
            lines.extend(line.wrap(console, width, overflow="fold"))
        for line in lines or [Text()]:
            line.rstrip()
            yield Text.assemble(head, line, overflow="fold", no_wrap=True)
            head = Text(" " * cell_len(head.plain))


def packed(atoms: Sequence[Text], width: int) -> list[Text]:
    """`atoms` in as few lines of `width` cells as they need, a space between two."""
    lines: list[Text] = []
    for atom in atoms:
        if lines and lines[-1].cell_len + 1 + atom.cell_len <= width:
            lines[-1] = Text(" ").join([lines[-1], atom])
        else:
            lines.append(atom.copy())
    return lines


def words_growing(partial: str) -> Paragraph:
    """What the person says, so far."""
    return _person(Text(tidy(f"{partial} …"), "dim"))


def words_heard(what: Understood | Misunderstood) -> Paragraph:
    """What the person said, or that it has to be said again."""
    text = tidy(what.text)
    if isinstance(what, Understood):
        return _person(Text(text) if text else Text("(nothing new)", "dim"))
    if not text:
        return _person(Text("? not understood: asking again", "yellow"))
    sure = math.exp(min(0.0, what.avg_logprob)) if math.isfinite(what.avg_logprob) else 0.0
    why = Text(f"? not sure ({sure:.0%}): asking again", "yellow")
    return _person(Text.assemble((f"“{text}”", "dim"), " ", why))


def reply_growing(clauses: Sequence[tuple[int, str]], *, overlap: bool) -> Paragraph:
    """The clauses written so far; `overlap`: the person makes sounds too."""
    text = Text(tidy("".join(text for _, text in clauses)))
    text.append(" …", "dim")
    return _agent(text.append(" ● …", "cyan") if overlap else text)


def reply_done(turn: TurnReport) -> list[Paragraph]:
    """The reply as it was heard, and where the time until its first sound went."""
    lines = [_agent(reply_text(turn))]
    if turn.tools:
        used = (Text(f"⚙ {name} {'✓' if ok else '✗'}", "dim") for name, ok in turn.tools)
        lines.append(Paragraph(" ", "", "", Text(), tuple(used)))
    if turn.failed:
        lines.append(Paragraph(" ", "", "red", Text(f"✗ failed: {tidy(turn.failed)}", "red")))
    if atoms := timing(turn):
        lines.append(Paragraph(" ", "", "", Text(), tuple(atoms)))
    return lines


def reply_text(turn: TurnReport) -> Text:
    """What was heard and, struck through, what an interruption left unsaid."""
    heard, unsaid = tidy(turn.heard), tidy(turn.unsaid)
    text = Text(heard)
    if turn.interrupted:
        text.append(" ✂ " if heard else "✂ ", "bold yellow")
        if unsaid:
            text.append("never said: ", "dim").append(unsaid, "dim strike")
        else:
            text.append("interrupted", "dim")
    return text if text else Text("(nothing was said)", "dim")


def timing(turn: TurnReport) -> list[Text]:
    """`412 ms ██▓ = endpoint 340 · words 72`, in pieces; nothing when nothing was heard.

    The rounded numbers add up to the rounded sum.
    """
    if turn.response_ms is None:
        return []
    stages = [(name, ms) for name, ms in turn.stages_ms().items() if ms is not None]
    atoms = [Text(f"{turn.response_ms:.0f} ms", "bold dim"), bar(turn, BAR_CELLS)]
    total = 0.0
    for n, (name, ms) in enumerate(stages):
        label, colour = STAGES.get(name, (name, "white"))
        whole, total = round(total + ms) - round(total), total + ms
        sign = Text("· " if n else "= ", "dim")
        atoms.append(Text.assemble(sign, (label, f"{colour} dim"), (f" {whole}", "dim")))
    return atoms


def bar(turn: TurnReport, cells: int) -> Text:
    """The stages of a response as stretches of one bar of `cells` cells."""
    stages = [(name, max(0.0, ms or 0.0)) for name, ms in turn.stages_ms().items()]
    whole = sum(ms for _, ms in stages)
    text, total = Text(no_wrap=True, overflow="crop"), 0.0
    if not whole:
        return text
    shades = cycle(SHADES)
    for name, ms in stages:
        total += ms
        if new := round(cells * total / whole) - len(text):
            text.append(next(shades) * new, STAGES.get(name, ("", "white"))[1])
    return text


def summary(
    turns: Sequence[TurnReport], barge_in_ms: Sequence[float | None] = ()
) -> RenderableType:
    """A table of the turns; `barge_in_ms`, one for each turn: how soon an interruption silenced it.

    `barge_in_ms` is in milliseconds, None where nobody interrupted.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("", justify="right", no_wrap=True, style="dim")
    # On a narrow terminal, the columns that may wrap give way first.
    table.add_column("you", max_width=34)
    table.add_column("response", justify="right", no_wrap=True)
    table.add_column("")
    table.add_column("barge-in", justify="right", no_wrap=True)
    responses = [turn.response_ms for turn in turns if turn.response_ms is not None]
    slowest = max(responses, default=0.0)
    for turn, barge_in in zip_longest(turns, barge_in_ms[: len(turns)]):
        share = (turn.response_ms or 0.0) / slowest if slowest > 0 else 0.0
        table.add_row(
            str(turn.number),
            _said(turn),
            _ms(turn.response_ms),
            bar(turn, max(0, round(BAR_CELLS * share))),
            Text("✗ failed", "red") if turn.failed else _ms(barge_in, "✂ "),
        )
    return Group(table, Text(_in_short(responses, barge_in_ms), "bold"))


def _in_short(responses: Sequence[float], barge_in_ms: Sequence[float | None]) -> str:
    if not responses:
        return "Nothing was answered."
    text = f"median response {median(responses):.0f} ms, slowest {max(responses):.0f} ms"
    barge_ins = [ms for ms in barge_in_ms if ms is not None]
    return text + (f" · silent {max(barge_ins):.0f} ms after a barge-in" if barge_ins else "")


def _said(turn: TurnReport) -> Text:
    if turn.unasked:
        return Text("nobody asked", "dim")
    text = Text(tidy(turn.user)) if turn.understood else Text("? asked again", "yellow")
    text.no_wrap, text.overflow = True, "ellipsis"
    return text


def _ms(ms: float | None, sign: str = "") -> Text:
    return Text() if ms is None else Text(f"{sign}{ms:.0f} ms")


def _person(text: Text) -> Paragraph:
    return Paragraph("●", "you", "bold cyan", text)


def _agent(text: Text) -> Paragraph:
    return Paragraph("◆", "agent", "bold green", text)


def tidy(text: str) -> str:
    """`text` on one line, without anything that a terminal would obey instead of show."""
    folded = " ".join(text.split())
    return "".join(letter for letter in folded if unicodedata.category(letter) not in ("Cc", "Cs"))
