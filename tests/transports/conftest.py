"""A virtual sound card, and modules that take the place of real ones in the sound process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.pulse import SoundCard, sound_card


@pytest.fixture
def card() -> Iterator[SoundCard]:
    with sound_card() as card:
        yield card


@pytest.fixture
def instead_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Give the sound process this source for that module; `{folder!r}` in it is where it lies."""

    def replace(module: str, source: str) -> None:
        (tmp_path / f"{module}.py").write_text(source.replace("{folder!r}", repr(str(tmp_path))))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return replace
