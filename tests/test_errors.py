"""The error tree is the one that is drawn, and every error is one line with a cure."""

import inspect
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice import errors
from edgevoice.errors import BadInputError, ConfigError, EdgevoiceError, EngineError, one_line

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, EdgevoiceError)
]


def drawn() -> list[tuple[int, str]]:
    """The names in the docstring's tree, with their depth."""
    return [
        (len(branch) // 4, name)
        for branch, name in re.findall(r"^    ([ │├└─]*)(\w+Error) ", errors.__doc__ or "", re.M)
    ]


def test_the_tree_is_as_it_is_drawn() -> None:
    assert drawn() == [(len(kind.__mro__) - 4, kind.__name__) for kind in KINDS]


def test_every_error_is_explained() -> None:
    assert all(inspect.getdoc(kind) for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_bad_input_is_told_from_bad_luck_by_the_exit_code(kind: type[EdgevoiceError]) -> None:
    others: dict[type[EdgevoiceError], int] = {errors.UnfitError: 3}
    assert kind.exit_code == others.get(kind, 2 if issubclass(kind, BadInputError) else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_survives_the_way_out_of_another_process(kind: type[EdgevoiceError]) -> None:
    error = pickle.loads(pickle.dumps(kind("it broke", "Mend it.")))
    assert type(error) is kind and str(error) == "it broke. Mend it."


def test_what_and_cure_can_be_shown_apart() -> None:
    error = ConfigError("x.yaml: line 3:\n  it broke", "Mend it.\n")
    assert (error.what, error.cure) == ("x.yaml: line 3: it broke", "Mend it.")
    assert str(error) == "x.yaml: line 3: it broke. Mend it."


@given(st.text(), st.text())
def test_an_error_is_one_line(what: str, cure: str) -> None:
    assert len(str(EngineError(what, cure)).splitlines()) == 1


@given(st.text())
def test_folding_keeps_every_word(text: str) -> None:
    assert one_line(text).split() == text.split()
    assert one_line(one_line(text)) == one_line(text)
