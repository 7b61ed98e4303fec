"""Choosing a profile, with real children that die of real models; and keeping the ledger."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edgevoice.config import Config
from edgevoice.errors import DeviceError, EngineError, UnfitError
from edgevoice.notify import Notifier
from edgevoice.preflight import check
from edgevoice.preflight.check import Preflight, parts
from edgevoice.preflight.ledger import Ledger
from edgevoice.preflight.proofs import Proofs
from edgevoice.preflight.starts import LONG_S, PATIENCE, WELL_S, End
from edgevoice.preflight.takeoff import Takeoff
from edgevoice.privacy.chain import Happened
from edgevoice.testing import run_virtual
from edgevoice.watchdog import Bulletin
from tests.engines import tiny_gguf
from tests.engines.rotten import rot

pytestmark = pytest.mark.engine


def rotten(path: Path) -> Path:
    path.write_bytes(rot(tiny_gguf.write(path).read_bytes()))
    return path


class Manager:
    """Who is told: the service manager, the audit log."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.noted: list[tuple[Happened, dict[str, str | int]]] = []
        self.slept: list[float] = []

    def note(self, event: Happened, **details: str | int) -> None:
        self.noted.append((event, details))


class Told(Notifier):
    def __init__(self, manager: Manager) -> None:
        super().__init__("@nobody")
        self._manager = manager

    def _send(self, message: str) -> bool:
        self._manager.told.append(message)
        return True


@pytest.fixture
def manager() -> Manager:
    return Manager()


def takeoff(config: Config, folder: Path, manager: Manager) -> Takeoff:
    notifier = Told(manager)
    return Takeoff(
        config,
        Bulletin(notifier),
        notifier,
        manager.note,
        folder=folder / "state",
        sleep=manager.slept.append,
        aside=at_once,
    )


async def at_once(job: Callable[[End], None], end: End) -> None:
    job(end)


def config(tmp_path: Path, **llm: Any) -> Config:
    """The starter models with a smaller profile, whose language model is tiny."""
    tiny = tiny_gguf.write(tmp_path / "tiny.gguf")
    small = {"model": tiny, "context_tokens": 512, "max_tokens": 16}
    return Config.model_validate(
        {"llm": llm, "profiles": [{"name": "small", "llm": small}], "turn": {"engine": "none"}}
    )


def test_a_rotten_model_is_a_line_and_the_smaller_profile_is_run(
    tmp_path: Path, manager: Manager, caplog: pytest.LogCaptureFixture
) -> None:
    bad = rotten(tmp_path / "bad.gguf")
    whole = config(tmp_path, model=bad, context_tokens=512, max_tokens=16)
    chosen = takeoff(whole, tmp_path, manager).choose()
    assert chosen.llm.model == tmp_path / "tiny.gguf"
    assert chosen.tts == whole.tts and not chosen.profiles
    line = next(line for line in caplog.messages if "cannot be run" in line)
    assert "llm: llama" in line and str(bad) in line and "SIGABRT" in line
    assert any("STATUS=" in told and "“small”" in told for told in manager.told)
    ((event, details),) = manager.noted
    assert event is Happened.PROFILE_CHANGED and details["now"] == "“small”"


def test_what_was_proven_is_not_tried_again(tmp_path: Path, manager: Manager) -> None:
    whole = config(tmp_path)
    first: list[str] = []
    again: list[str] = []
    takeoff(whole, tmp_path, manager).choose(first.append)
    book = Ledger(tmp_path / "state" / "starts.json")
    book.end(End.STOPPED)
    takeoff(whole, tmp_path, manager).choose(again.append)
    assert first == [f"first try of {part}" for part in parts(whole)]
    assert not again


def test_after_a_death_proofs_do_not_count(tmp_path: Path, manager: Manager) -> None:
    whole = config(tmp_path)
    takeoff(whole, tmp_path, manager).choose()
    again: list[str] = []
    takeoff(whole, tmp_path, manager).choose(again.append)
    assert again


def test_the_smaller_profile_comes_after_three_deaths_and_goes_after_a_long_run(
    tmp_path: Path, manager: Manager, nothing_is_tried: None
) -> None:
    whole = config(tmp_path)
    used = [takeoff(whole, tmp_path, manager).choose() == whole for _ in range(PATIENCE + 1)]
    assert used == [True] * PATIENCE + [False]
    Ledger(tmp_path / "state" / "starts.json").end(End.LONG)
    assert takeoff(whole, tmp_path, manager).choose() == whole
    changes = [details["now"] for event, details in manager.noted]
    assert changes == ["“small”", "the main profile"]


def test_without_anything_smaller_the_starts_become_slow_and_say_why(
    tmp_path: Path, manager: Manager, nothing_is_tried: None
) -> None:
    for _ in range(PATIENCE + 3):
        takeoff(Config(), tmp_path, manager).choose()
    assert manager.slept == [10, 20, 40]
    assert any("starts died; the next start in 40 s" in told for told in manager.told)
    assert f"EXTEND_TIMEOUT_USEC={70_000_000}" in manager.told


def test_where_nothing_can_be_run_it_ends_with_the_reason(tmp_path: Path, manager: Manager) -> None:
    gone = Config.model_validate({"llm": {"model": tmp_path / "gone.gguf"}})
    for pause in (10, 20):
        with pytest.raises(UnfitError, match=r"gone\.gguf") as error:
            takeoff(gone, tmp_path, manager).choose()
        assert error.value.exit_code == 3
        assert manager.slept.pop() == pause
        assert any("cannot start: llm" in told for told in manager.told)
    assert [event for event, _ in manager.noted] == [Happened.UNFIT] * 2


def test_a_turn_detector_that_does_not_work_is_done_without(
    tmp_path: Path, manager: Manager
) -> None:
    model = tmp_path / "garbage.onnx"
    model.write_bytes(os.urandom(4096))
    chosen = takeoff(Config.model_validate({"turn": {"model": model}}), tmp_path, manager).choose()
    assert chosen.turn.engine == "none"
    assert any("turn detector does not work" in told for told in manager.told)


def test_an_engine_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe that nobody writes to."""
    os.mkfifo(tmp_path / "pipe.gguf")
    stuck = Config.model_validate({"llm": {"model": tmp_path / "pipe.gguf"}})
    proofs = Proofs(tmp_path / "preflight.json")
    Preflight(proofs).look(Config())  # so that only the pipe is left to be tried
    found = Preflight(proofs, limit_s=2).look(stuck)
    assert found.problem and "not ready after 2 s" in found.problem.what


def test_memory_that_is_too_small_is_told_and_the_smallest_has_a_try(
    tmp_path: Path, manager: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = config(tmp_path)
    monkeypatch.setattr(check, "room", lambda _root: 1000)
    found = Preflight(Proofs(tmp_path / "p.json")).look(whole)
    assert found.tight and found.problem and "by an estimate" in found.problem.what
    assert not found.tried
    assert takeoff(whole, tmp_path, manager).choose().llm.model == tmp_path / "tiny.gguf"
    found = Preflight(Proofs(tmp_path / "state" / "preflight.json")).look(whole.smaller()[0])
    assert found.problem and "as measured" in found.problem.what


def test_a_processor_without_what_the_build_needs(tmp_path: Path) -> None:
    def cpu(features: str) -> Path:
        root = tmp_path / features.replace(" ", "-")
        (root / "proc").mkdir(parents=True)
        (root / "proc/cpuinfo").write_text(f"flags : {features}\nFeatures : {features}\n")
        return root

    proofs = Proofs(tmp_path / "preflight.json")
    found = Preflight(proofs, root=cpu("fpu")).look(Config())
    assert found.problem and "this processor has no" in found.problem.what and not found.tried
    found = Preflight(proofs, root=cpu("sse4_1 asimd")).look(Config())
    assert found.problem and "was built for a processor with" in found.problem.what
    assert "make distclean setup" in found.problem.cure


@pytest.mark.parametrize("folder", ["file", "nothing"])
def test_a_folder_that_cannot_be_written_is_no_reason_not_to_start(
    tmp_path: Path, manager: Manager, folder: str, nothing_is_tried: None
) -> None:
    if folder == "file":
        (tmp_path / "state").write_text("in the way")
    else:
        (tmp_path / "state").symlink_to("/proc/none")
    start = takeoff(Config(), tmp_path, manager)
    assert start.choose() == Config()
    start.stopped()


class Sound:
    flowing, deaf = True, False


@pytest.mark.parametrize(
    ("seconds", "end"),
    [
        (WELL_S - 1, End.DIED),
        (WELL_S + 1, End.WELL),
        (LONG_S - 1, End.WELL),
        (LONG_S + 1, End.LONG),
    ],
)
def test_the_ledger_learns_how_long_it_was_heard(
    tmp_path: Path, manager: Manager, nothing_is_tried: None, seconds: float, end: End
) -> None:
    start = takeoff(Config(), tmp_path, manager)
    start.choose()

    async def talk() -> None:
        async with start.lasting(Sound()):
            await asyncio.sleep(seconds)

    run_virtual(talk())
    last = Ledger(tmp_path / "state" / "starts.json").last
    assert last and last.end is end


def test_silence_of_the_microphone_is_no_fault_of_a_profile(
    tmp_path: Path, manager: Manager, nothing_is_tried: None
) -> None:
    start = takeoff(Config(), tmp_path, manager)
    start.choose()
    seen = []

    async def talk() -> None:
        sound = Sound()
        async with start.lasting(sound):
            for deaf in (True, False, True):
                sound.deaf = deaf
                await asyncio.sleep(11)
                last = Ledger(tmp_path / "state" / "starts.json").last
                assert last
                seen.append(last.end)

    run_virtual(talk())
    assert seen == [End.OTHER, End.DIED, End.OTHER]


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (DeviceError("no microphone", "Plug one in."), End.OTHER),
        (KeyboardInterrupt(), End.STOPPED),
        (EngineError("it broke", "Mend it."), End.DIED),
        (MemoryError(), End.DIED),
    ],
)
def test_errors_are_told_apart(
    tmp_path: Path, manager: Manager, nothing_is_tried: None, error: BaseException, end: End
) -> None:
    start = takeoff(Config(), tmp_path, manager)
    start.choose()
    start.failed(error)
    last = Ledger(tmp_path / "state" / "starts.json").last
    assert last and last.end is end


@pytest.fixture
def nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "try_engines", lambda *_: ())
