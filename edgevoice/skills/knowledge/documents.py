"""The operator's documents: which there are, and what they say.

Markdown, plain text and, with the extra `pdf`, PDF. What cannot be read raises `UnreadableError`,
which says why; links that lead out of the folder are not followed, hidden files not looked at.
"""

import codecs
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import yaml

from edgevoice.errors import one_line, printable
from edgevoice.skills.knowledge.passages import first_heading
from edgevoice.yaml_text import PYTHON_ERRORS, load

MOST_BYTES = {".md": 4 << 20, ".markdown": 4 << 20, ".txt": 4 << 20, ".pdf": 64 << 20}
"""What is read, by the ends of names, and how much of it at most."""
MOST_TEXT = 4 << 20
"""Letters of a PDF."""
PDF_SECONDS = 60.0
"""After so long, a PDF is given up."""
TITLE_LETTERS = 80

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.{0,4000}?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


class UnreadableError(Exception):
    """Its text: why a document cannot be read, and what to do, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a document is called, and its text: Markdown, or plain."""

    title: str
    text: str


def documents(folder: Path) -> Iterator[Path]:
    """Every document below `folder`, in order, as a path that begins with `folder`."""
    inside = os.path.realpath(folder)
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if name.startswith(".") or path.suffix.lower() not in MOST_BYTES:
                continue
            # pathlib's own raises where links go in a circle.
            if Path(os.path.realpath(path)).is_relative_to(inside) and path.is_file():
                yield path


def read(path: Path, content: bytes) -> Document:
    """The document at `path`, which holds `content`. Raises `UnreadableError`."""
    if len(content) > (most := MOST_BYTES[path.suffix.lower()]):
        raise UnreadableError(f"is larger than {most >> 20} MB: divide it")
    if path.suffix.lower() == ".pdf":
        title, text = _pdf(content)
    else:
        title, text = _markdown(_decoded(content))
    if not text.strip():
        raise UnreadableError("holds no text")
    title = _plain(title) or _plain(first_heading(text)) or _plain(_spelled(path.stem))
    return Document(title or "Untitled", text)


def reads_pdf() -> bool:
    """Whether the extra `pdf` is installed."""
    return find_spec("pypdf") is not None


def _decoded(content: bytes) -> str:
    """Text in whatever encoding it seems to be; Windows' where it is no Unicode."""
    encoding = next((name for bom, name in _BOMS if content.startswith(bom)), "")
    try:
        if encoding:
            return content.decode(encoding).removeprefix("\ufeff")
        if b"\0" in content:
            raise UnreadableError("is no text, whatever its name says")
        return content.decode()
    except UnicodeDecodeError:
        if encoding:
            raise UnreadableError("is damaged: save it as UTF-8") from None
    return content.decode("cp1252", "replace")


def _markdown(text: str) -> tuple[str, str]:
    """The title that its front matter gives, and what a reader of the page would see."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    title = ""
    if front := _FRONT_MATTER.match(text):
        text = text[front.end() :]
        try:
            tree = load(front[1])
            title = str(tree.get("title") or "") if isinstance(tree, dict) else ""
        except (yaml.YAMLError, *PYTHON_ERRORS):
            pass
    return title, _COMMENT.sub("", text)


def _pdf(content: bytes) -> tuple[str, str]:
    """The title and the text of a PDF."""
    try:
        import pypdf
    except ImportError:
        raise UnreadableError("needs pypdf: install edgevoice with the extra pdf") from None
    # It complains of every fault that it gets over.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("is locked with a password: save it without one")
        title = str((reader.metadata and reader.metadata.title) or "")
        text = _pages(iter(page.extract_text() for page in reader.pages))
    except UnreadableError:
        raise
    except Exception as error:  # a stranger's file: it may fail in any way, in recursion as well
        raise UnreadableError(f"is no PDF that can be read ({type(error).__name__})") from None
    if not text.strip():
        raise UnreadableError("holds no text, only pictures: run text recognition over it first")
    return title, text


def _pages(pages: Iterator[str], clock: Callable[[], float] = time.monotonic) -> str:
    """The text of all pages, with an empty line between what seem to be paragraphs."""
    began = clock()
    texts: list[str] = []
    letters = 0
    for page in pages:
        texts.append(_paragraphs(page))
        letters += len(page)
        if letters > MOST_TEXT:
            raise UnreadableError(f"holds more than {MOST_TEXT >> 20} million letters: divide it")
        if clock() - began > PDF_SECONDS:
            raise UnreadableError("takes too long to read: divide it")
    # A paragraph may go on over the page, a word too.
    return re.sub(r"(?<=\w)-\n+(?=[a-z])", "", "\n".join(texts))


def _paragraphs(page: str) -> str:
    """A page's lines; an empty one after each that ends a sentence well before the margin."""
    lines = [line.strip() for line in page.splitlines()]
    margin = max(map(len, lines), default=0)
    ends = (".", "!", "?", ":")
    return "\n".join(
        f"{line}\n" if line.endswith(ends) and len(line) < 0.8 * margin else line for line in lines
    )


def _spelled(stem: str) -> str:
    """A file's name as a title."""
    words = re.sub(r"[_\-.\s]+", " ", stem).strip()
    return words[:1].upper() + words[1:]


def _plain(title: str) -> str:
    """A title without marks, in one line that is not too long."""
    title = re.sub(r"[*_`#\[\]<>|]+", " ", title)
    title = printable(one_line(title)).replace("\ufffd", "").strip()
    if len(title) > TITLE_LETTERS:
        title = title[:TITLE_LETTERS].rpartition(" ")[0] or title[:TITLE_LETTERS]
    return title if any(letter.isalnum() for letter in title) else ""
