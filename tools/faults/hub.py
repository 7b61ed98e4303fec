"""What befalls a fetch of models, from a hub on loopback; and bundles that are carried along."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edgevoice.errors import EdgevoiceError
from edgevoice.modelstore.bundle import bring_in, export
from edgevoice.modelstore.fetch import INCOMING, pull
from edgevoice.modelstore.lock import NAME, lock_present, read_lock
from edgevoice.modelstore.manifest import Model
from edgevoice.modelstore.verify import is_whole
from tests.modelstore.fake_hub import FakeHub, serve
from tools.faults.fault import Observed, expect, fault
from tools.faults.mounts import fill, own_mounts, small_disk

ROOT = Path(__file__).parents[2]
MODEL, FILE = "smart-turn", "smart-turn-v3.2-cpu.onnx"
"""A model of the manifest, and its file; what the hub gives for it is not that."""
CONTENT = hashlib.shake_256(b"turn").digest(200_000)
PATIENCE_S = 60.0
WAIT_S = 30.0
GOES_ON = "the next try goes on where it stopped; nothing half-fetched is ever in place"
NOTHING = "refused in one line; the models that were there stay, and nothing is added"


def start(*arguments: str | Path, store: Path, hub: FakeHub) -> "subprocess.Popen[str]":
    """`edgevoice models …`, as a person types it."""
    here = {"HF_ENDPOINT": hub.url, "HF_HOME": str(store.parent / "hf"), "HF_TOKEN": "hf_secret"}
    return subprocess.Popen(
        [sys.executable, "-m", "edgevoice", "models", *map(str, arguments), "--folder", str(store)],
        cwd=ROOT,
        env={**os.environ, **here, "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ends(process: "subprocess.Popen[str]", store: Path, code: int = 0) -> str:
    """What it said, once it has ended with `code`; a complaint has to be one line."""
    said, complained = process.communicate(timeout=PATIENCE_S)
    expect(process.returncode == code, f"exit code {process.returncode}: {complained[-300:]}")
    if code:
        expect(len(complained.splitlines()) == 1, f"not one line: {complained[-300:]}")
    words = (complained if code else said).strip().removeprefix("edgevoice: ")
    return words.replace(f"{store.parent}/", "")


def models(*arguments: str | Path, store: Path, hub: FakeHub, code: int = 0) -> str:
    """What `edgevoice models …` says."""
    return ends(start(*arguments, store=store, hub=hub), store, code)


def whole(store: Path) -> bool:
    """Whether the model is there as it should be, and nothing is left lying about."""
    locked = read_lock(store).models.get(MODEL)
    there = locked is not None and is_whole(store, MODEL, locked)
    return there and (store / MODEL / FILE).read_bytes() == CONTENT and not left(store)


def left(store: Path) -> list[Path]:
    """What waits to be complete."""
    return [*(store / INCOMING).iterdir()] if (store / INCOMING).exists() else []


def nothing_in_place(store: Path) -> None:
    expect(not (store / NAME).exists(), "something was locked")
    expect(not (store / MODEL).exists(), "something was put in place")


def everything(store: Path) -> dict[str, bytes]:
    return {str(p.relative_to(store)): p.read_bytes() for p in store.rglob("*") if p.is_file()}


@contextmanager
def a_hub() -> Iterator[FakeHub]:
    with serve(FakeHub({FILE: CONTENT})) as hub:
        yield hub


@fault("one line says so; what was fetched before is whole, and needs no hub")
def hub_is_down(folder: Path) -> Observed:
    """The model hub is down."""
    with a_hub() as hub:
        models("pull", MODEL, store=folder / "old", hub=hub)
    said = models("pull", MODEL, store=folder / "new", hub=hub, code=1)
    nothing_in_place(folder / "new")
    again = models("pull", MODEL, store=folder / "old", hub=hub)
    expect("is here and unchanged" in again, again)
    models("verify", "--full", store=folder / "old", hub=hub)
    expect(whole(folder / "old"), "the model that was there is damaged")
    return Observed(said)


@fault("fetched whole all the same, and no byte twice")
def hub_cuts_the_connection(folder: Path) -> Observed:
    """The connection to the hub is cut, at one place in a file after the other."""
    model = Model(
        part="turn", folder=MODEL, repository="a/b", files=(FILE,), licence="x", size_mb=1, ram_mb=1
    )
    places = [*range(0, len(CONTENT), len(CONTENT) // 50), 1, 65_535, 65_536, 65_537, 131_072]
    places += [len(CONTENT) - left_over for left_over in (1, 2, 100)]
    for at in places:
        store = folder / str(at)
        with a_hub() as hub:
            hub.breaks = [at]
            pull(store, MODEL, model, endpoint=hub.url, sleep=lambda _s: None)
            spans = [span for _, span in hub.asked]
        expect(whole(store), f"cut at byte {at}, it is not whole")
        expect(len(spans) == 2, f"cut at byte {at}, it was asked for {len(spans)} times")
        wanted = f"bytes={at}-" if at else None
        expect(spans[1] == wanted, f"cut at byte {at}, it went on with {spans[1]}")
        shutil.rmtree(store)
    return Observed(f"cut at {len(places)} places: went on from each, and whole")


@fault(GOES_ON)
def pull_is_killed(folder: Path) -> Observed:
    """`edgevoice models pull` is killed (SIGKILL) in the middle, five times over."""
    kept = 0
    with a_hub() as hub:
        for at in (1, 30_000, 40_000, 65_536, 10_000):
            hub.stall_at = at
            hub.stalled.clear()
            hub.let_go.clear()
            running = start("pull", MODEL, store=folder / "models", hub=hub)
            expect(hub.stalled.wait(WAIT_S), "it asked for nothing")
            running.kill()
            running.communicate()
            hub.let_go.set()
            nothing_in_place(folder / "models")
            kept = sum(part.stat().st_size for part in left(folder / "models"))
        hub.asked.clear()
        models("pull", MODEL, store=folder / "models", hub=hub)
        wanted = [f"bytes={kept}-"] if kept else [None]
        expect([span for _, span in hub.asked] == wanted, f"it went on with {hub.asked}")
    expect(whole(folder / "models"), "it is not whole")
    return Observed(f"killed 5 times, {kept:,} bytes were kept, the rest was fetched; whole")


@fault("refused in one line: nothing is replaced, nothing is locked")
def hub_lies(folder: Path) -> Observed:
    """The hub gives something else than it states (a wrong hash)."""
    with a_hub() as hub:
        hub.lies = {FILE: CONTENT[:-1] + b"!"}
        said = models("pull", MODEL, store=folder / "models", hub=hub, code=2)
        nothing_in_place(folder / "models")
        hub.lies = {}
        models("pull", MODEL, store=folder / "models", hub=hub)
    expect(whole(folder / "models"), "the next try did not mend it")
    return Observed(said)


@fault("refused in one line; whoever it points to does not learn the token")
def hub_points_elsewhere(folder: Path) -> Observed:
    """The hub sends us to another server, which gives something else."""
    with serve(FakeHub({FILE: CONTENT}, lies={FILE: b"evil" * 50_000})) as other, a_hub() as hub:
        hub.moved = other.url
        said = models("pull", MODEL, store=folder / "models", hub=hub, code=2)
        nothing_in_place(folder / "models")
        expect(hub.headers[0].get("authorization"), "the hub itself was not given the token")
        leaked = [headers for headers in other.headers if "hf_secret" in str(headers)]
        expect(other.asked, "nobody went there")
        expect(not leaked, "the token was given to another server")
    return Observed(said)


@fault("fetched whole, however long that takes")
def hub_is_slow(folder: Path) -> Observed:
    """The hub gives 10 kB every half second."""
    with a_hub() as hub:
        hub.piece_s = 0.5
        models("pull", MODEL, store=folder / "models", hub=hub)
        asked = len(hub.asked)
    expect(whole(folder / "models"), "it is not whole")
    expect(asked == 1, f"it was asked for {asked} times")
    return Observed("fetched whole with one question")


@fault("one line says so; with room again it goes on where it stopped")
@own_mounts
def disk_fills_during_a_pull(folder: Path) -> Observed:
    """The disk becomes full while a model is fetched."""
    store = small_disk(folder / "disk", "70m")
    with a_hub() as hub:
        hub.stall_at = 50_000
        running = start("pull", MODEL, store=store, hub=hub)
        expect(hub.stalled.wait(WAIT_S), "it asked for nothing")
        ballast = fill(store)
        hub.let_go.set()
        said = ends(running, store, code=2)
        expect("No space left" in said, said)
        nothing_in_place(store)
        ballast.unlink()
        kept = sum(part.stat().st_size for part in left(store))
        hub.asked.clear()
        models("pull", MODEL, store=store, hub=hub)
        expect(hub.asked[0][1] == f"bytes={kept}-", f"it began again with {hub.asked}")
    expect(whole(store), "it is not whole")
    return Observed(f"“No space left on device”; then it went on from byte {kept:,}")


def a_bundle(folder: Path) -> tuple[Path, Path, str]:
    """A bundle, a site with an older model, and the bundle's SHA-256."""
    model = Model(part="turn", folder=MODEL, files=(FILE,), licence="x", size_mb=1, ram_mb=1)
    for name, content in (("source", CONTENT[:20_000]), ("site", b"old")):
        place = folder / name / MODEL
        place.mkdir(parents=True)
        (place / FILE).write_bytes(content)
        lock_present(folder / name, MODEL, model)
    bundle = folder / "models.tar"
    sha256 = export(folder / "source", read_lock(folder / "source").models, bundle)
    return bundle, folder / "site", sha256


def refused(site: Path, bundle: Path, sha256: str | None = None) -> bool:
    """Whether nothing was taken from the bundle; then nothing may have changed."""
    before = everything(site)
    try:
        bring_in(site, bundle, sha256=sha256)
    except EdgevoiceError as error:
        expect("\n" not in str(error), f"not one line: {error}")
        expect(everything(site) == before, f"refused, but something changed: {error}")
        return True
    return False


@fault(NOTHING)
def bundle_is_cut_off(folder: Path) -> Observed:
    """A bundle was not copied to its end."""
    bundle, site, _ = a_bundle(folder)
    content = bundle.read_bytes()
    last = len(content.rstrip(b"\0"))
    places = [*range(0, last, 131), last - 1]
    for at in places:
        bundle.write_bytes(content[:at])
        expect(refused(site, bundle), f"cut at byte {at}, it was taken")
    with serve(FakeHub({})) as hub:
        said = models("import", bundle, store=site, hub=hub, code=2)
    return Observed(f"cut at {len(places)} places, refused each time. {said}")


@fault("refused, or what it says is there is exactly that; with its SHA-256, always refused")
def bundle_is_manipulated(folder: Path) -> Observed:
    """Somebody changes a bundle: each of 400 bytes, one at a time."""
    bundle, site, sha256 = a_bundle(folder)
    content = bytearray(bundle.read_bytes())
    for path in (site / NAME, site / MODEL / FILE):
        shutil.copy(path, folder / path.name)
    taken = 0
    places = range(0, len(content), len(content) // 400)
    for at in places:
        content[at] ^= 0x21
        bundle.write_bytes(content)
        expect(refused(site, bundle, sha256), f"byte {at} changed: it was taken as signed off")
        if not refused(site, bundle):
            expect((site / MODEL / FILE).read_bytes() == CONTENT[:20_000], f"byte {at}: something")
            taken += 1
            shutil.copy(folder / NAME, site / NAME)
            shutil.copy(folder / FILE, site / MODEL / FILE)
        content[at] ^= 0x21
    says = f"{len(places)} bytes: refused, but for {taken} without meaning"
    return Observed(f"{says} (padding); with its SHA-256, always refused")
