"""Reads YAML that anybody may have written: soon, or not at all.

A few lines of YAML can stand for more values than any memory holds, by naming one list in the next
("billion laughs"). So the values are counted before they are made.
"""

import errno
import os
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

LONGEST_BYTES = 128 * 1024
"""Seven times our longest file. PyYAML takes about a second for so much."""
MOST_VALUES = 20_000

Loader = type[yaml.SafeLoader] | type[yaml.BaseLoader]


class TooMuchError(yaml.YAMLError):
    """The text stands for more values than anybody would write."""

    problem = f"stands for more than {MOST_VALUES:,} values"


def read_text(path: Path) -> str:
    """The text in the file at `path`.

    Raises `OSError`, also where the file is too long, and `UnicodeDecodeError`.
    """
    with path.open("rb") as file:
        content = file.read(LONGEST_BYTES + 1)
    if len(content) > LONGEST_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return content.decode("utf-8")


def load(text: str, loader: Loader = yaml.SafeLoader) -> Any:
    """What `text` says, as `loader` understands it.

    Raises `yaml.YAMLError`; and PyYAML lets some of Python's own errors through: `PYTHON_ERRORS`.
    """
    reading = loader(text)
    try:
        node = reading.get_single_node()
        if node is None:
            return None
        if _values(node, {}) > MOST_VALUES:
            raise TooMuchError
        return reading.construct_document(node)
    finally:
        reading.dispose()


PYTHON_ERRORS = (ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)
"""For the date 2020-13-45, for `!!int x`, for brackets without end …"""


def _values(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values `node` stands for; what is named again counts again."""
    if id(node) not in known:
        known[id(node)] = 1  # for a list that is in itself
        inside = node.value
        if isinstance(node, yaml.MappingNode):
            inside = chain.from_iterable(inside)
        elif not isinstance(node, yaml.SequenceNode):
            inside = ()
        known[id(node)] = 1 + sum(_values(each, known) for each in inside)
    return known[id(node)]
