"""Two language models that fail: who answers in every combination of faults, and who is left alone.

What is right stands in two tables, and in no code.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from threading import Event

from edgevoice.bench.skills.decisions import Case
from edgevoice.dialog.breaker import Limits
from edgevoice.dialog.router import Route
from edgevoice.engines.base import Message, Stop, ToolCall, ToolSpec
from edgevoice.engines.routed import RoutedChat
from edgevoice.errors import EngineError

LIMITS = Limits(failures=2, window_s=60, pause_s=10, longest_pause_s=40)
EASY = [Message("user", "what time is it")]
HARD = [Message("user", "explain why the sky is blue")]

# What is heard when the chosen one (first) and the other one (second) are in these ways. C, O: the
# words of the chosen and the other one; "!": to the end; "#": an error; then: who was asked.
_MATRIX = """
ok     ok     C!  C     ok     before C!  C     ok     after  C!  C     ok     empty  C!  C
ok     open   C!  C     before ok     O!  CO    before before #   CO    before after  O#  CO
before empty  ∅   CO    before open   #   C     after  ok     C#  C     after  before C#  C
after  after  C#  C     after  empty  C#  C     after  open   C#  C     empty  ok     O!  CO
empty  before #   CO    empty  after  O#  CO    empty  empty  ∅   CO    empty  open   ∅   C
open   ok     O!  O     open   before #   O     open   after  O#  O     open   empty  ∅   O
open   open   #   -
""".split()
MATRIX = [tuple(_MATRIX[n : n + 4]) for n in range(0, len(_MATRIX), 4)]

# One after the other, seconds later: C is asked first, unless its breaker is open.
_BREAKER = """
0  before O! CO    0  before O! CO    0  ok     O! O     9  ok     O! O
1  before O! CO    19 ok     O! O     1  before O! CO    39 ok     O! O
1  before O! CO    39 ok     O! O     1  ok     C! C     0  before O! CO
61 before O! CO    0  ok     C! C     0  before O! CO    0  ok     O! O
""".split()
BREAKER = [tuple(_BREAKER[n : n + 4]) for n in range(0, len(_BREAKER), 4)]


class FaultyModel:
    """Does what `way` says: ok · before (it fails before its first word) · after · empty."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.way = "ok"
        self.asked = 0
        self.evaluated_tokens = 0
        self.error: Exception = EngineError(f"{name} broke", "Mend it.")

    def prefill(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> None:
        """Nothing is read ahead."""

    def stream(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> Iterator[str | ToolCall]:
        self.asked += 1
        self.evaluated_tokens += 10
        if self.way == "before":
            raise self.error
        if self.way != "empty" and not stop.is_set():
            yield self.name
            if self.way == "after":
                raise self.error
            yield "!"

    def forget(self) -> None:
        """There is nothing to forget."""


class TwoModels:
    """Both as one, and a clock that moves when it is told to."""

    def __init__(self, fast: FaultyModel, thorough: FaultyModel) -> None:
        self.now = 1000.0
        self.models: dict[Route, FaultyModel] = {"fast": fast, "thorough": thorough}
        self.chat = RoutedChat(fast, thorough, lambda: self.now, LIMITS)

    def ask(self, messages: Sequence[Message] = EASY) -> str:
        """What is heard, and how it ends."""
        heard = ""
        try:
            for piece in self.chat.stream(messages, Event()):
                heard += str(piece)
        except EngineError:
            heard += "#"
        return heard

    def open(self, name: Route) -> None:
        """Let the breaker of `name` open."""
        self.models[name].way = "after"
        for _ in range(LIMITS.failures):
            self.ask(EASY if name == "fast" else HARD)
        self.models[name].way = "ok"


def model_cases() -> Iterator[Case]:
    """Every combination of two faults, whichever model the router chooses; and a breaker that
    opens, looks again, and closes."""
    routes: tuple[Route, ...] = ("fast", "thorough")
    for chosen in routes:
        for mine, other, heard, asked in MATRIX:
            faults = f"{chosen} chosen: {mine}; other: {other}"
            once = partial(_once, chosen, mine, other)
            yield Case("two language models", faults, f"{heard} {asked}", once)
        for n, (later, way, heard, asked) in enumerate(BREAKER):
            moment = f"{chosen} chosen, {n}: {later} s later, {way}"
            yield Case("their breakers", moment, f"{heard} {asked}", partial(_after, chosen, n + 1))


def _once(chosen: Route, mine: str, other: str) -> str:
    pair = _pair()
    for name, way in ((chosen, mine), (_other(chosen), other)):
        if way == "open":
            pair.open(name)
        else:
            pair.models[name].way = way
    return _told(pair, chosen)


def _after(chosen: Route, steps: int) -> str:
    """What is decided in the last of so many steps."""
    pair, told = _pair(), ""
    for later, way, *_ in BREAKER[:steps]:
        pair.now += float(later)
        pair.models[chosen].way = way
        told = _told(pair, chosen)
    return told


def _told(pair: TwoModels, chosen: Route) -> str:
    """What comes of a question for the `chosen` model, in the words of the tables."""
    letters = {"C": pair.models[chosen], "O": pair.models[_other(chosen)]}
    for model in letters.values():
        model.asked = 0
    heard = pair.ask(EASY if chosen == "fast" else HARD)
    for letter, model in letters.items():
        heard = heard.replace(model.name, letter)
    asked = "".join(letter for letter, model in letters.items() if model.asked)
    return f"{heard or '∅'} {asked or '-'}"


def _pair() -> TwoModels:
    return TwoModels(FaultyModel("fast"), FaultyModel("thorough"))


def _other(name: Route) -> Route:
    return "thorough" if name == "fast" else "fast"
