"""A few hundred inputs of each kind; `make faults` tries thousands."""

from mmap import mmap

import pytest
from hypothesis import strategies as st

from edgevoice.errors import ConfigError, EdgevoiceError
from tests.fuzz.kinds import PROPERTIES
from tests.fuzz.promise import Property, check, growth, refused_politely

EXAMPLES = 100


@pytest.mark.parametrize("name", PROPERTIES)
def test_whatever_comes_in(name: str) -> None:
    check(PROPERTIES[name], EXAMPLES)


def test_a_crash_is_found_and_the_simplest_input_is_told() -> None:
    def holds(number: int) -> None:
        assert number < 1000

    with pytest.raises(AssertionError) as caught:
        check(Property("numbers", "small", st.integers(0, 10**6), holds), EXAMPLES)
    assert any("1000" in note for note in caught.value.__notes__)


class RedError(EdgevoiceError):
    def __str__(self) -> str:
        return "\x1b[31m"


@pytest.mark.parametrize("error", [ValueError(), ConfigError("", ""), RedError("x", "y")])
def test_an_error_that_is_not_ours_or_says_nothing_is_no_answer(error: Exception) -> None:
    with pytest.raises((ValueError, AssertionError)), refused_politely():
        raise error


def test_our_own_error_is_an_answer() -> None:
    with refused_politely():
        raise ConfigError("it is \x1b[31m red", "Stop.")


def test_what_keeps_its_inputs_is_found() -> None:
    kept: list[mmap] = []

    def keep(_: bytes) -> None:
        kept.append(mmap(-1, 100_000))  # of its own, not from what the heap has left
        kept[-1].write(b"x" * 100_000)

    leaky = Property("bytes", "leaky", st.binary(), keep)
    assert growth(leaky, [b""] * 100) > 40_000_000
