"""What a picture is made of. Lengths are in pixels from the upper left corner."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

# Colours that differ for the colour-blind too (after Okabe and Ito, "Color Universal Design").
PAPER, CARD, GRID, INK, GREY = "#F5F4F0", "#FFFFFF", "#E9E7E1", "#23272E", "#757A82"
PERSON, PERSON_SOFT = "#0072B2", "#A5CDE6"
AGENT, AGENT_SOFT = "#00805D", "#9BD5C2"
WAIT, DECODE, THINK, TOKEN = "#E69F00", "#56B4E9", "#F0D3E3", "#B03A80"
BREAK, BREAK_SOFT = "#D55E00", "#FCE9DD"
UNSAID = "#A9ABAF"
GROUNDS = (CARD, PAPER, GRID, THINK, BREAK_SOFT)
STROKES = (INK, GREY, PERSON, PERSON_SOFT, AGENT, AGENT_SOFT, WAIT, DECODE, TOKEN, BREAK, UNSAID)


class Box(NamedTuple):
    """A rectangle of the picture."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Fill:
    """An area of one colour."""

    box: Box
    colour: str
    radius: float = 0


@dataclass(frozen=True, slots=True)
class Hatch:
    """An area of slanted lines: what did not come to pass."""

    box: Box
    colour: str


@dataclass(frozen=True, slots=True)
class Wave:
    """How loud `track` was from sample `start` to `end` (16 kHz): peaks in `soft`, means above."""

    box: Box
    track: Literal["person", "agent"]
    start: int
    end: int
    colour: str
    soft: str


@dataclass(frozen=True, slots=True)
class Words:
    """Lines of text with letters of `size`; they are known to fit into the box."""

    box: Box
    lines: tuple[str, ...]
    size: int
    colour: str
    bold: bool = False
    struck: bool = False


Shape = Fill | Hatch | Wave | Words


@dataclass(frozen=True, slots=True)
class Scene:
    """The whole picture: shapes, the later ones above the earlier ones."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
