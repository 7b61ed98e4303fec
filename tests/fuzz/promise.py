"""What holds of everything that comes from outside, and how it is tried.

Each kind of input has a module here: it names where the input comes from (`@fuzzed`) and does to
it what edgevoice does. Whatever the input, there is an answer, or one of our own errors in one line
that can be printed; soon, and without keeping anything of it.

`make test` tries a few hundred inputs of each; `make faults` thousands.
"""

import gc
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from edgevoice.errors import EdgevoiceError

CPU_S = 2.0
"""Processor time of one input. Not the clock's: a busy machine breaks no promise."""
KEPT = 100
"""How many of the inputs are tried again and again to see whether the memory grows."""
ROUNDS = 5

Holds = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Property:
    """`holds` raises where a promise is broken for what it is given, one of `inputs`."""

    kind: str
    name: str
    inputs: st.SearchStrategy[Any]
    holds: Holds


PROPERTIES: dict[str, Property] = {}
"""By name, of all the modules that were imported."""


def fuzzed(inputs: st.SearchStrategy[Any]) -> Callable[[Holds], Holds]:
    """Make a property of a function of one argument; its module is the kind of input."""

    def add(holds: Holds) -> Holds:
        name, kind = holds.__name__, holds.__module__.rpartition(".")[2]
        if name in PROPERTIES:
            raise ValueError(f"there are two properties of the name {name}")
        PROPERTIES[name] = Property(kind, name, inputs, holds)
        return holds

    return add


@contextmanager
def refused_politely() -> Iterator[None]:
    """Goes on after one of our own errors; complains about any that nobody would want to read."""
    try:
        yield
    except EdgevoiceError as error:
        line = str(error)
        assert line.isprintable(), f"cannot be printed: {line!r}"
        assert error.what and error.cure and error.exit_code in (1, 2), line
        assert len(line) < 2000, f"{len(line)} letters are too many to read"


def check(fuzz: Property, examples: int) -> tuple[int, list[Any]]:
    """Try so many inputs, the same ones every time; answers how many there were, and some of them.

    Raises whatever went wrong, with a note of the simplest input that makes it so.
    """
    kept: list[Any] = []
    tried = 0

    @seed(crc32(fuzz.name.encode()))
    @settings(
        max_examples=examples,
        derandomize=False,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        print_blob=False,
    )
    @given(fuzz.inputs)
    def run(given_: Any) -> None:
        nonlocal tried
        tried += 1
        if tried % max(1, examples // KEPT) == 0:
            kept.append(given_)
        began = time.process_time()
        fuzz.holds(given_)
        took = time.process_time() - began
        assert took < CPU_S, f"it took {took:.1f} s"

    run()
    return tried, kept


def growth(fuzz: Property, inputs: list[Any]) -> int:
    """By how many bytes the process has grown after trying `inputs` again and again."""

    def rounds(count: int) -> int:
        for _ in range(count):
            for given_ in inputs:
                fuzz.holds(given_)
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize()

    before = rounds(2)
    return rounds(ROUNDS) - before


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for one input: in memory, where there is such a place."""
    memory = "/dev/shm"
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield Path(name)


# --- inputs that several kinds are made of

LETTERS = st.characters(exclude_categories=[]) | st.sampled_from("\x00\x1b\n\u2028\ud800\x85é")
TEXT = st.text(LETTERS, max_size=40)
NUMBERS = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([0, -1, 2**31, 2**63, -(2**63), 10**400, 10**4299, 1e308, -0.0]),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXT)


def trees(leaves: st.SearchStrategy[Any], keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Lists and objects of `leaves`, one in another."""
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=8,
    )


ANYTHING = trees(SCALARS, TEXT)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """`whole` with pieces cut out, doubled, or written over."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(whole)))
        end = draw(st.integers(at, min(len(whole), at + 40)))
        new = draw(st.one_of(st.binary(max_size=20), st.just(whole[at:end] * 2), st.just(b"")))
        whole = whole[:at] + new + whole[end:]
    return whole[: draw(st.integers(0, len(whole)))] if draw(st.integers(0, 3)) == 0 else whole


@st.composite
def laughs(draw: st.DrawFn, inside: str) -> bytes:
    """YAML of a few lines that stands for more than any memory holds; see "billion laughs"."""
    depth, width = draw(st.integers(1, 40)), draw(st.integers(2, 10))
    merged = draw(st.booleans())
    lines = ["x0: &x0 {a: 1}" if merged else "x0: &x0 [ha]"]
    for level in range(1, depth):
        every = ", ".join([f"*x{level - 1}"] * width)
        lines.append(f"x{level}: &x{level} " + (f"{{<<: [{every}]}}" if merged else f"[{every}]"))
    lines.append(inside.replace("?", f"*x{depth - 1}"))
    return "\n".join(lines).encode()
