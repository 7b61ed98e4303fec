"""How much memory there is, and how much a model will take."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgevoice.config import Config
from edgevoice.preflight.gguf import cache_bytes
from edgevoice.preflight.memory import estimate, room
from tests.engines import tiny_gguf

MB = 10**6


def machine(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


FREE = {"proc/meminfo": "MemTotal: 8000000 kB\nMemAvailable:    4000000 kB\n"}
UNIFIED = {
    **FREE,
    "proc/self/cgroup": "0::/system.slice/edgevoice.service\n",
    "sys/fs/cgroup/cgroup.controllers": "memory",
    "sys/fs/cgroup/system.slice/edgevoice.service/memory.max": f"{900 * MB}\n",
    "sys/fs/cgroup/system.slice/edgevoice.service/memory.current": f"{500 * MB}\n",
    "sys/fs/cgroup/system.slice/edgevoice.service/memory.stat": (
        f"anon 1\ninactive_file {100 * MB}\nactive_file {50 * MB}\n"
    ),
}


def test_without_a_limit_it_is_what_the_machine_has(tmp_path: Path) -> None:
    assert room(machine(tmp_path, FREE)) == 4_096_000_000
    assert room(machine(tmp_path / "nowhere", {"x": ""})) is None


def test_a_limit_of_the_service_counts_less_what_the_kernel_gives_back(tmp_path: Path) -> None:
    assert room(machine(tmp_path, UNIFIED)) == (900 - 500 + 150) * MB


def test_a_limit_of_a_group_above_counts_as_well(tmp_path: Path) -> None:
    above = "sys/fs/cgroup/system.slice"
    files = {f"{above}/memory.max": f"{200 * MB}", f"{above}/memory.current": f"{300 * MB}"}
    assert room(machine(tmp_path, UNIFIED | files)) == 0
    files[f"{above}/memory.max"] = "max\n"
    assert room(machine(tmp_path, UNIFIED | files)) == 550 * MB


def test_the_groups_of_older_systems_are_understood(tmp_path: Path) -> None:
    files = {
        **FREE,
        "proc/self/cgroup": "4:memory:/box\n1:cpu,cpuacct:/\n0::/\n",
        "sys/fs/cgroup/memory/box/memory.limit_in_bytes": f"{700 * MB}",
        "sys/fs/cgroup/memory/box/memory.usage_in_bytes": f"{100 * MB}",
    }
    assert room(machine(tmp_path, files)) == 600 * MB


def test_this_machine_tells() -> None:
    assert (room() or 0) > 0


def test_the_cache_of_a_real_model(tmp_path: Path) -> None:
    path = tiny_gguf.write(tmp_path / "tiny.gguf")
    heads = tiny_gguf.WIDTH  # as many for keys and values as for queries
    assert cache_bytes(path, 512) == 512 * tiny_gguf.LAYERS * 2 * heads * 2
    config = Config.model_validate({"llm": {"model": path, "context_tokens": 512}})
    assert estimate("llm", config) == path.stat().st_size + cache_bytes(path, 512)


@pytest.mark.engine
def test_the_starter_models_count_with_their_files() -> None:
    config = Config()
    assert estimate("stt", config) >= (config.stt.model / "model.bin").stat().st_size
    assert estimate("llm", config) > config.llm.model.stat().st_size
    assert estimate("vad", config) == estimate("tts", config) == 0


@pytest.mark.engine
def test_two_models_count_twice_and_one_elsewhere_not_at_all() -> None:
    one = estimate("llm", Config())
    twice = Config.model_validate({"llm": {"thorough": {"temperature": 0.5}}})
    assert estimate("llm", twice) == 2 * one
    elsewhere = Config.model_validate({"llm": {"thorough": {"engine": "openai"}}})
    assert estimate("llm", elsewhere) == one
    assert estimate("llm", Config.model_validate({"llm": {"engine": "openai"}})) == 0


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gguf.write(tmp_path_factory.mktemp("model") / "whole.gguf")


@settings(max_examples=60)
@given(kept=st.integers(0, 3000), at=st.integers(0, 2999), byte=st.integers(0, 255))
def test_a_damaged_file_tells_nothing_and_breaks_nothing(
    whole: Path, kept: int, at: int, byte: int
) -> None:
    content = bytearray(whole.read_bytes()[:kept])
    content[at : at + 1] = bytes([byte])
    path = whole.with_name("damaged.gguf")
    path.write_bytes(content)
    assert cache_bytes(path, 512) >= 0


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    assert cache_bytes(tmp_path / "pipe.gguf", 512) == 0
    assert cache_bytes(tmp_path, 512) == cache_bytes(tmp_path / "none", 512) == 0
