"""`edgevoice models` as a person types it: what it says, and its exit codes."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.modelstore.fake_hub import FakeHub, serve

FILE = "smart-turn-v3.2-cpu.onnx"
CONTENT = hashlib.shake_256(b"turn").digest(200_000)


def models(
    *arguments: str | Path, store: Path, hub: str = "", killed_after_s: float = 60
) -> subprocess.CompletedProcess[str]:
    here = {"HF_ENDPOINT": hub, "HF_HOME": str(store.parent / "hf"), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "edgevoice", "models", *map(str, arguments), "--folder", str(store)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **here},
    )


def complaint(result: subprocess.CompletedProcess[str], code: int = 2) -> str:
    assert result.returncode == code, result.stderr
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


@pytest.mark.slow
def test_from_the_hub_to_a_site_without_one(tmp_path: Path) -> None:
    store, site, bundle = tmp_path / "models", tmp_path / "site", tmp_path / "models.tar"
    assert "no model is locked" in complaint(models("verify", store=store))
    with serve(FakeHub({FILE: CONTENT})) as hub:
        said = models("pull", "smart-turn", store=store, hub=hub.url)
        assert "smart-turn fetched and locked" in said.stdout, said.stderr
        named = said.stdout[said.stdout.index("turn:") :]
        assert yaml.safe_load(named) == {"turn": {"model": str(store / "smart-turn" / FILE)}}
    again = models("pull", "smart-turn", store=store, hub=hub.url)
    assert "is here and unchanged" in again.stdout, again.stderr
    assert "1 files: unchanged, by SHA-256" in models("verify", "--full", store=store).stdout
    sha256 = models("export", bundle, store=store).stdout.split()[-1]
    taken = models("import", bundle, "--sha256", sha256, store=site)
    assert "smart-turn imported and locked" in taken.stdout, taken.stderr
    rows = json.loads(models("list", "--json", store=site).stdout)
    assert [row["name"] for row in rows if row["here"] == "yes"] == ["smart-turn"]
    used, others = site.with_name("used.yaml"), site.with_name("others.yaml")
    used.write_text(f"turn: {{model: {site}/smart-turn/{FILE}}}")
    others.write_text("{}")
    assert "1 files: unchanged" in models("verify", "--config", used, store=site).stdout
    (site / "smart-turn" / FILE).write_bytes(b"short")
    assert f"{FILE} is changed. Run" in complaint(models("verify", store=site))
    assert f"{FILE} is changed. Run" in complaint(models("verify", "--config", used, store=site))
    for folder in (site, site.with_name("nowhere")):
        unused = models("verify", "--config", others, store=folder)
        assert unused.returncode == 0 and "None of the models in use" in unused.stdout
    gone = complaint(models("pull", "nonsense", store=site))
    assert "'nonsense' is no model and no board" in gone


@pytest.mark.slow
@pytest.mark.parametrize("at", [0, 1, 65_536, 131_073, 199_999])
def test_killed_on_the_way_it_goes_on_from_there(at: int, tmp_path: Path) -> None:
    store = tmp_path / "models"
    with serve(FakeHub({FILE: CONTENT}, stall_at=at)) as hub:
        command = [sys.executable, "-m", "edgevoice", "models", "pull", "smart-turn"]
        with subprocess.Popen(
            [*command, "--folder", str(store)],
            env={**os.environ, "HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "hf")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as running:
            assert hub.stalled.wait(30)
            running.kill()
        hub.let_go.set()
        assert not (store / "models.lock").exists()
        parts = [part.read_bytes() for part in (store / ".incoming").iterdir()]
        kept = len(parts[0]) if parts else 0
        assert not parts or CONTENT.startswith(parts[0])
        said = models("pull", "smart-turn", store=store, hub=hub.url)
        assert "fetched and locked" in said.stdout, said.stderr
        assert hub.asked[-1][1] == (f"bytes={kept}-" if kept else None)
    assert (store / "smart-turn" / FILE).read_bytes() == CONTENT


@pytest.mark.slow
def test_a_hub_that_refuses_ends_with_code_1(tmp_path: Path) -> None:
    with serve(FakeHub({})) as hub:
        said = models("pull", "smart-turn", store=tmp_path / "models", hub=hub.url)
    assert f"{FILE} is not on the hub" in complaint(said, 1)


@pytest.mark.slow
@pytest.mark.parametrize("hub", ["http://[", "http://x:99999", "ftp://x", "nonsense"])
def test_an_address_that_is_none_is_one_line(hub: str, tmp_path: Path) -> None:
    said = complaint(models("pull", "smart-turn", store=tmp_path / "models", hub=hub))
    assert "HF_ENDPOINT is" in said


@pytest.mark.slow
def test_the_starter_models_are_locked_as_they_come(tmp_path: Path) -> None:
    assert "is missing" in complaint(models("lock", "starter", store=tmp_path / "models"))
