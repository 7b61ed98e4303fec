"""What tells of models: the manifest, models.lock, and a bundle that somebody carries in."""

import json
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from edgevoice.modelstore.bundle import ABOUT, bring_in
from edgevoice.modelstore.lock import NAME, Lock, read_lock, write_lock
from edgevoice.modelstore.manifest import Manifest, load_manifest
from edgevoice.modelstore.verify import verify
from tests.fuzz.promise import (
    NUMBERS,
    SCALARS,
    TEXT,
    damaged,
    folder,
    fuzzed,
    laughs,
    refused_politely,
    trees,
)

VALUES = trees(SCALARS, TEXT)
MODEL = {
    "part": "chat",
    "folder": "own",
    "repository": "a/b",
    "revision": "main",
    "files": ["a.gguf"],
    "licence": "MIT",
    "size_mb": 1,
    "ram_mb": 1,
}
MANIFEST = {"boards": {"pi5": ["own"]}, "models": {"own": MODEL}}
CONTENT = b"weights"
FILE = {"size": len(CONTENT), "sha256": sha256(CONTENT).hexdigest(), "mtime_ns": 1}
LOCKED = {"folder": "own", "repository": "a/b", "commit": "c0" * 20, "files": {"a.gguf": FILE}}
LOCK = {"version": 1, "models": {"own": LOCKED}}
PATHS = st.sampled_from(["../x", "/etc/passwd", "own", "a/../b", ".x", "a\0b", "", "own/..", "é"])


@st.composite
def changed(draw: st.DrawFn, tree: Any) -> Any:
    """`tree` with something else in one place or two."""
    tree = json.loads(json.dumps(tree))
    for _ in range(draw(st.integers(1, 2))):
        place, keys = tree, list[str]()
        while isinstance(place, dict) and place and (not keys or draw(st.booleans())):
            keys.append(draw(st.sampled_from(sorted(place))))
            parent, place = place, place[keys[-1]]
        if keys:
            if draw(st.integers(0, 4)) == 0:
                del parent[keys[-1]]
            else:
                parent[draw(st.just(keys[-1]) | PATHS)] = draw(VALUES | PATHS | NUMBERS)
    return tree


@fuzzed(
    st.binary(max_size=200)
    | damaged(yaml.safe_dump(MANIFEST).encode())
    | changed(MANIFEST).map(lambda tree: yaml.safe_dump(tree).encode(errors="surrogatepass"))
    | laughs("boards: {pi5: ?}")
    | laughs("models: {own: ?}")
)
def anything_as_a_manifest(text: bytes) -> None:
    with folder() as place, refused_politely():
        (place / "manifest.yaml").write_bytes(text)
        manifest = load_manifest(place / "manifest.yaml")
        assert isinstance(manifest, Manifest)
        manifest.chosen([*manifest.boards])


@fuzzed(
    st.binary(max_size=200)
    | damaged(json.dumps(LOCK).encode())
    | changed(LOCK).map(lambda tree: json.dumps(tree).encode())
)
def anything_as_a_lock(text: bytes) -> None:
    with folder() as place, refused_politely():
        (place / NAME).write_bytes(text)
        (place / "own").mkdir()
        (place / "own/a.gguf").write_bytes(CONTENT)
        lock = read_lock(place)
        for verdict in verify(place, lock.models):
            assert verdict.path.is_relative_to(place)
        write_lock(place, lock)
        assert read_lock(place) == lock


def member(name: str, content: bytes, change: Callable[[tarfile.TarInfo], None]) -> bytes:
    """A file in a tar, with its padding."""
    about = tarfile.TarInfo(name)
    about.size = len(content)
    change(about)
    try:
        head = about.tobuf(tarfile.PAX_FORMAT, errors="surrogateescape")
    except (ValueError, tarfile.TarError, OverflowError, UnicodeError):
        head = tarfile.TarInfo("odd").tobuf()
    return head + content + bytes(-len(content) % 512)


def signed(header: bytes) -> bytes:
    """A header with the checksum that it should have."""
    blank = header[:148] + b" " * 8 + header[156:]
    return blank[:148] + b"%06o\0 " % sum(blank[:512]) + blank[156:]


PAX = st.dictionaries(
    st.sampled_from(
        ["path", "size", "linkpath", "mtime", "uid", "GNU.sparse.map", "GNU.sparse.size",
         "GNU.sparse.major", "GNU.sparse.minor", "GNU.sparse.realsize", "hdrcharset", "charset"]
    )
    | TEXT,
    st.sampled_from(["0", "1", "-1", "9" * 30, "1,2,3", "x", "BINARY", "nan", "1e400"]) | TEXT,
    max_size=2,
)  # fmt: skip


@st.composite
def bundles(draw: st.DrawFn) -> bytes:
    """Tars that are bundles in almost every respect."""
    about = json.dumps(draw(st.just(LOCK) | changed(LOCK))).encode()
    pax = draw(st.just({}) | PAX)
    kind = draw(st.sampled_from([tarfile.REGTYPE] * 6 + [b"1", b"2", b"5", b"S", b"L", b"K", b"x"]))
    size = draw(st.none() | st.sampled_from([0, 1, 512, 8**11 - 1, 2**62]))
    which = draw(st.integers(0, 3))

    def odd(info: tarfile.TarInfo) -> None:
        info.pax_headers, info.type = {**pax}, kind
        info.size = info.size if size is None else size

    parts = [(ABOUT, about), ("own/a.gguf", CONTENT)]
    raw = [
        member(name, content, odd if number == which else lambda _: None)
        for number, (name, content) in enumerate(parts)
    ]
    if draw(st.integers(0, 3)) == 0:  # a header of any bytes, but with the right sum
        head, at = raw[-1], draw(st.integers(0, 500))
        new = draw(st.binary(min_size=1, max_size=12))
        raw[-1] = signed((head[:at] + new + head[at + len(new) :])[: len(head)])
    return b"".join(raw) + bytes(1024)


def whole() -> bytes:
    plain = [(ABOUT, json.dumps(LOCK).encode()), ("own/a.gguf", CONTENT)]
    return b"".join(member(*each, lambda _: None) for each in plain) + bytes(1024)


def everything(place: Path) -> dict[str, bytes]:
    return {str(p.relative_to(place)): p.read_bytes() for p in place.rglob("*") if p.is_file()}


@fuzzed(bundles() | damaged(whole()) | st.binary(max_size=1500))
def anything_as_a_bundle(content: bytes) -> None:
    with folder() as place:
        (place / "models.tar").write_bytes(content)
        store = place / "store"
        (store / "own").mkdir(parents=True)
        (store / "own/a.gguf").write_bytes(b"old")
        write_lock(store, Lock())
        before = everything(place)
        took = False
        with refused_politely():
            bring_in(store, place / "models.tar")
            took = True
        after = everything(place)
        if not took:
            assert after == before, "something was replaced all the same"
            return
        assert {*after} - {*before} == {f"store/{path}" for path in _places(store)} - {*before}
        assert all(verdict.state == "same" for verdict in verify(store, read_lock(store).models))


def _places(store: Path) -> set[str]:
    models = read_lock(store).models.values()
    return {f"{model.folder}/{file}" for model in models for file in model.files}
