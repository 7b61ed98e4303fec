"""The manifest that comes with edgevoice is sound, and any other text is refused in one line."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgevoice.config import HOME, Config
from edgevoice.errors import ConfigError, ModelError
from edgevoice.modelstore.manifest import MANIFEST, Manifest, load_manifest


def test_every_board_has_a_whole_conversation() -> None:
    manifest = load_manifest()
    assert {*manifest.boards} == {"starter", "pi4", "pi5", "jetson", "x86"}
    for board, names in manifest.boards.items():
        parts = {manifest.models[name].part for name in names}
        assert parts >= {"speech", "chat", "turn"}, board


def test_what_comes_with_edgevoice_is_there() -> None:
    for model in load_manifest().models.values():
        if model.repository is None:
            assert all((HOME / "models" / model.folder / file).is_file() for file in model.files)


def test_a_board_stands_for_its_models() -> None:
    manifest = load_manifest()
    assert tuple(manifest.chosen(["pi5"])) == manifest.boards["pi5"]
    with pytest.raises(ConfigError, match="'pi9' is no model and no board"):
        manifest.chosen(["pi9"])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("folder", "../elsewhere"),
        ("folder", "/etc"),
        ("folder", "a//b"),
        ("files", [".hidden"]),
        ("files", ["a/../../b"]),
        ("files", ["a/x.bin", "b/x.bin"]),
        ("files", []),
        ("repository", "no-owner"),
        ("revision", "--upload-pack"),
        ("size_mb", 0),
        ("surprise", 1),
    ],
)
def test_what_a_manifest_may_not_say(key: str, value: object, tmp_path: Path) -> None:
    tree: dict[str, Any] = yaml.safe_load(MANIFEST.read_text())
    tree["models"]["smart-turn"][key] = value
    path = tmp_path / "manifest.yaml"
    path.write_text(yaml.safe_dump(tree))
    with pytest.raises(ModelError) as caught:
        load_manifest(path)
    assert len(str(caught.value).splitlines()) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.one_of(st.text(), st.sampled_from(["boards: {a: [b]}\nmodels: {}", "2020-13-45", "["]))
)
def test_garbage_is_one_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_text(text, errors="replace")
    try:
        assert isinstance(load_manifest(path), Manifest)
    except ModelError as error:
        assert len(str(error).splitlines()) == 1


@pytest.mark.parametrize("board", load_manifest().boards)
def test_what_a_board_is_told_to_write_into_its_config_is_a_config(board: str) -> None:
    tree: dict[str, dict[str, str]] = {}
    for model in load_manifest().chosen([board]).values():
        tree |= model.settings(Path("models"))
    config = Config.model_validate(tree)
    assert config.llm.model.suffix == ".gguf"
    assert {"stt", "llm", "turn"} <= {*tree}
