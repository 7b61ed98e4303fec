"""Documents: which are read, and what is said of those that cannot be."""

import itertools
import os
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.skills.knowledge import documents as module
from edgevoice.skills.knowledge.documents import Document, UnreadableError, documents, read
from tests.skills.hostile import Hostile, each_hostile, unspeakable
from tests.skills.knowledge.paper import pdf


def complaint(name: str, content: bytes) -> str:
    with pytest.raises(UnreadableError) as error:
        read(Path(name), content)
    return str(error.value)


# --- which


def test_hidden_and_other_files_are_not_documents(tmp_path: Path) -> None:
    for name in ("b.md", "a.TXT", ".hidden.md", "picture.png", "sub/c.pdf", ".git/d.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    found = [str(path.relative_to(tmp_path)) for path in documents(tmp_path)]
    assert found == ["a.TXT", "b.md", "sub/c.pdf"]


def test_links_are_followed_inside_the_folder_only(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.md").touch()
    (inside / "real.md").touch()
    (inside / "same.md").symlink_to("real.md")
    (inside / "other.md").symlink_to(outside / "secret.md")
    (inside / "round").symlink_to(inside)
    (inside / "away").symlink_to(outside)
    (inside / "gone.md").symlink_to("nothing.md")
    (inside / "loop.md").symlink_to("loop.md")
    link = tmp_path / "link"
    link.symlink_to(inside)
    assert [path.name for path in documents(inside)] == ["real.md", "same.md"]
    assert [path.name for path in documents(link)] == ["real.md", "same.md"]


# --- what they are called


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("a.md", "# The *House*\n\nWarm.", "The House"),
        ("a.md", "Hello.\n\n## Later\n\nWarm.", "Later"),
        ("a.md", "---\ntitle: Front\n---\n# Inside\n\nWarm.", "Front"),
        ("a.md", "---\ntitle: [\n---\n# Inside\n\nWarm.", "Inside"),
        ("house_rules-2.txt", "Warm.", "House rules 2"),
        ("a.md", f"# {'long ' * 30}\n\nWarm.", ("long " * 16).strip()),
        ("***.md", "Warm.", "Untitled"),
    ],
)
def test_titles(name: str, content: str, title: str) -> None:
    assert read(Path(name), content.encode()).title == title


# --- what they say


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"]
)  # the middle ones begin with a byte order mark
def test_encodings(encoding: str) -> None:
    assert read(Path("a.txt"), "Café – 20 €".encode(encoding)).text == "Café – 20 €"


def test_what_a_reader_would_not_see_is_left_out() -> None:
    text = "---\nauthor: x\n---\nSeen.<!-- not\nseen --> Seen too.<!-- open"
    assert read(Path("a.md"), text.encode()).text == "Seen. Seen too."


def test_a_rule_is_no_front_matter() -> None:
    assert read(Path("a.md"), b"---\n\nSeen.").text == "---\n\nSeen."


def test_pdf() -> None:
    pages = (
        "The boiler stands in the cellar, behind the door, where it hum-\nmed. Leave it on.",
        "Second page.",
    )
    document = read(Path("a.pdf"), pdf(*pages, title="The (House)"))
    assert document.title == "The (House)"
    words = " ".join(document.text.split())
    assert words == (
        "The boiler stands in the cellar, behind the door, where it hummed. Leave it on. "
        "Second page."
    )


def test_a_pdf_locked_for_changes_only_is_read() -> None:
    assert "Second page." in read(Path("a.pdf"), locked("")).text


def locked(password: str) -> bytes:
    writer = pypdf.PdfWriter(BytesIO(pdf("Second page.")))
    writer.encrypt(password, owner_password="other", algorithm="AES-256")
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


# --- what is said of those that cannot be read


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.md", b"", "holds no text"),
        ("a.md", b"<!-- only this -->", "holds no text"),
        ("a.txt", b"\x7fELF\0\0", "is no text, whatever its name says"),
        ("a.txt", b"\xff\xfe\x00\xd8", "is damaged: save it as UTF-8"),
        ("a.md", b"a" * (4 << 20) + b"a", "is larger than 4 MB: divide it"),
        ("a.pdf", b"", "is no PDF that can be read (EmptyFileError)"),
        ("a.pdf", b"hello", "is no PDF that can be read (PdfStreamError)"),
        ("a.pdf", pdf(""), "holds no text, only pictures: run text recognition over it first"),
        ("a.pdf", locked("secret"), "is locked with a password: save it without one"),
    ],
)
def test_complaints(name: str, content: bytes, said: str) -> None:
    assert complaint(name, content) == said


def test_without_pypdf_the_cure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pypdf", None)
    assert complaint("a.pdf", pdf("x")) == "needs pypdf: install edgevoice with the extra pdf"


def test_a_pdf_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TEXT", 100)
    with pytest.raises(UnreadableError, match="divide it"):
        module._pages(itertools.repeat("ten letter"))


def test_a_slow_pdf_is_given_up() -> None:
    clock = itertools.count(0.0, 20.0)
    with pytest.raises(UnreadableError, match="too long"):
        module._pages(itertools.repeat("x"), clock.__next__)


@given(st.binary(max_size=300), st.integers(0, 600), st.booleans())
def test_damage_is_told_never_thrown(rubbish: bytes, at: int, replaced: bool) -> None:
    whole = pdf("Some text.", "More of it.", title="T")
    broken = whole[:at] + rubbish + whole[at + len(rubbish) * replaced :]
    for name in ("a.pdf", "a.md"):
        try:
            assert isinstance(read(Path(name), broken), Document)
        except UnreadableError as error:
            assert str(error)


@each_hostile
def test_no_title_carries_what_cannot_be_spoken(hostile: Hostile) -> None:
    content = hostile.text.encode("utf-8", "replace")
    for text in (content, b"# " + content[:150], b"---\ntitle: " + content[:99] + b"\n---\nText."):
        try:
            title = read(Path("a.md"), text).title
        except UnreadableError:
            continue
        assert not unspeakable(title.replace("://", "")) and len(title) <= 80
