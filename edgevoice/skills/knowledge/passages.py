"""A document's text → passages: a few sentences each, with the headings that they stand under.

Nothing is lost on the way: every letter of the text is in a passage, or in its headings.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ENOUGH_WORDS = 60
"""From so many words on, a passage ends where a paragraph does."""
MOST_WORDS = 120
MOST_LETTERS = 1_200
"""Blanks included. A text without blanks has few words and many letters."""

_DEEPEST = 6
_HEADING_LETTERS = 200
_LONGEST_LINE = 1_000
"""A longer one is no heading."""
_LONGEST_TAIL = 40
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$")
_UNDERLINE = re.compile(r" {0,3}(={3,}|-{3,})\s*$")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)]|\|)\s+\S|\s*\|")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st no nos art fig approx ca cf e.g i.e vs min max incl tel ext vol p pp "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun".split()
)
_SENTENCE_END = re.compile(r"(?:(?<![.!?…])[.!?…]+[\"'”’)\]]*(?=\s)|[。！？]+)\s*")


@dataclass(frozen=True, slots=True)
class Passage:
    """`headings`: from the outermost to the innermost. `text`: its sentences; lines end where the
    document's paragraphs, list items and table rows do."""

    headings: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    text: str


def split(text: str) -> list[Passage]:
    """The passages of a Markdown document, or of plain text; none of an empty one."""
    path: list[_Heading] = []
    told = True  # whether the innermost heading is that of a passage
    section: list[str] = []
    passages: list[Passage] = []

    def end_section() -> None:
        nonlocal told
        texts = list(_packed(section))
        if not texts and not told:
            texts = [path[-1].text]  # a heading over nothing is all that there is
        headings = tuple(heading.text for heading in path if heading.text)
        passages.extend(Passage(headings, each) for each in texts)
        told = told or bool(texts)
        section.clear()

    for block in _blocks(text):
        if isinstance(block, str):
            section.append(block)
            continue
        deeper = bool(path) and block.level > path[-1].level
        if section or not deeper:
            end_section()
        path = [heading for heading in path if heading.level < block.level] + [block]
        told = not block.text
    end_section()
    return passages


def first_heading(text: str) -> str:
    """What a document calls itself; empty where it has no heading."""
    return next((b.text for b in _blocks(text) if isinstance(b, _Heading) and b.text), "")


def sentences(line: str) -> list[str]:
    """The sentences of a line, their ends included."""
    found = []
    start = 0
    for match in _SENTENCE_END.finditer(line):
        # The end is enough to go by, and looking at all of it each time would take for ever.
        tail = line[max(start, match.end() - _LONGEST_TAIL) : match.end()].split()
        alone = len(tail) == 1 and match.end() - start <= _LONGEST_TAIL
        last = tail[-1].rstrip(".\"'”’)]").lstrip("(\"'“‘").lower() if tail else ""
        goes_on = line[match.end() : match.end() + 1].islower()
        short = last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha())
        if match[0].startswith(".") and (goes_on or short or alone):
            continue
        found.append(line[start : match.end()].strip())
        start = match.end()
    return [each for each in [*found, line[start:].strip()] if each]


def _blocks(text: str) -> Iterator[_Heading | str]:
    """Headings, and the text between them: one string for each paragraph, item, row, or line of
    code."""
    paragraph: list[str] = []
    fence = ""
    for line in [*text.splitlines(), ""]:
        mark = _FENCE.match(line)
        if fence or mark:
            yield from _joined(paragraph)
            if line.strip():
                yield line.strip()
            if not fence and mark:
                fence = mark[1]
            elif mark and mark[1].startswith(fence):
                fence = ""
        elif not line.strip():
            yield from _joined(paragraph)
        elif len(line) <= _LONGEST_LINE and (heading := _HEADING.match(line)):
            yield from _joined(paragraph)
            yield from _heading(len(heading[1]), heading[2] or "")
        elif len(paragraph) == 1 and (under := _UNDERLINE.match(line)):
            yield from _heading(1 if under[1][0] == "=" else 2, paragraph.pop())
        else:
            if _ITEM.match(line):
                yield from _joined(paragraph)
            paragraph.append(line.strip())


def _joined(paragraph: list[str]) -> Iterator[str]:
    """The lines of a paragraph as one; they are taken out."""
    if paragraph:
        yield " ".join(paragraph)
        paragraph.clear()


def _heading(level: int, text: str) -> Iterator[_Heading | str]:
    """A heading; what is too long for one is a paragraph."""
    text = " ".join(text.split())
    yield _Heading(level, text) if len(text) <= _HEADING_LETTERS else text


def _packed(paragraphs: Iterable[str]) -> Iterator[str]:
    """Texts of bounded length, broken between paragraphs, else sentences, else words."""
    lines: list[str] = []
    words = letters = 0
    for paragraph in paragraphs:
        fresh = True
        for piece in _pieces(paragraph):
            more = len(piece.split())
            full = words + more > MOST_WORDS or letters + 1 + len(piece) > MOST_LETTERS
            if lines and (full or (fresh and words >= ENOUGH_WORDS)):
                yield "\n".join(lines)
                lines, words, letters = [], 0, 0
                fresh = True
            if fresh:
                lines.append(piece)
            else:
                lines[-1] += f" {piece}"
            words, letters, fresh = words + more, letters + 1 + len(piece), False
    if lines:
        yield "\n".join(lines)


def _pieces(paragraph: str) -> Iterator[str]:
    """Its sentences; of those that no passage can hold, parts."""
    for sentence in sentences(paragraph):
        words: list[str] = []
        letters = 0
        for word in sentence.split():
            for part in (word[at : at + MOST_LETTERS] for at in range(0, len(word), MOST_LETTERS)):
                if words and (len(words) == MOST_WORDS or letters + len(part) >= MOST_LETTERS):
                    yield " ".join(words)
                    words, letters = [], 0
                words.append(part)
                letters += len(part) + 1
        yield " ".join(words)
