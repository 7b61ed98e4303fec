"""Phrases and cues: the files of a language that a person edits."""

from typing import Any

import yaml
from hypothesis import strategies as st

from edgevoice.phrases_file import load_phrases
from edgevoice.privacy.cues import LANGUAGES, LISTS, load_cues
from tests.fuzz.promise import (
    SCALARS,
    TEXT,
    damaged,
    folder,
    fuzzed,
    laughs,
    refused_politely,
    trees,
)


def short(tree: Any) -> Any:
    """The first entries of every list."""
    if isinstance(tree, dict):
        return {name: short(inside) for name, inside in [*tree.items()][:60]}
    return tree[:1] if isinstance(tree, list) else tree


PHRASES = yaml.safe_dump(
    short(yaml.load((LANGUAGES / "en.yaml").read_bytes(), Loader=yaml.BaseLoader))
).encode()
CUES = {
    name: entries[: 10 if name in ("digits", "teens", "tens") else 1]
    for name, entries in yaml.load(
        (LANGUAGES / "en-privacy.yaml").read_bytes(), Loader=yaml.BaseLoader
    ).items()
}
SMALL_CUES = yaml.safe_dump(CUES).encode()
SMALL_PHRASES = b"backchannels: [mhm, uh huh]\ncommands: [stop]\ngrammar:\n  articles: [a, the]\n"
VALUES = trees(SCALARS, TEXT)
ENTRIES = st.lists(st.sampled_from(["one", "two three", "'", "", " ", "é"]) | TEXT, max_size=11)


def reads_phrases(text: bytes) -> None:
    with folder() as place, refused_politely():
        (place / "xx.yaml").write_bytes(text)
        load_phrases(place / "xx.yaml")


def reads_cues(text: bytes, words: bytes = SMALL_PHRASES) -> None:
    with folder() as place, refused_politely():
        (place / "cues.yaml").write_bytes(text)
        (place / "words.yaml").write_bytes(words)
        load_cues(place / "cues.yaml", place / "words.yaml")


@fuzzed(st.binary(max_size=200) | damaged(SMALL_PHRASES))
def any_bytes_as_phrases(text: bytes) -> None:
    reads_phrases(text)


@fuzzed(damaged(PHRASES))
def damaged_phrases(text: bytes) -> None:
    reads_phrases(text)


@fuzzed(laughs("backchannels: ?") | laughs("grammar: {contractions: ?}") | laughs("grammar: ?"))
def phrases_without_end(text: bytes) -> None:
    reads_phrases(text)
    reads_cues(text)
    reads_cues(SMALL_CUES, words=text)


@fuzzed(st.dictionaries(st.sampled_from(sorted(LISTS)), ENTRIES | VALUES, min_size=1, max_size=3))
def any_lists_as_cues(tree: dict[str, Any]) -> None:
    reads_cues(yaml.safe_dump(CUES | tree, allow_unicode=True).encode(errors="surrogatepass"))


@fuzzed(st.binary(max_size=200))
def any_bytes_as_cues(text: bytes) -> None:
    reads_cues(text)
    reads_cues(SMALL_CUES, words=text)
