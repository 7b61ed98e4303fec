"""How much memory there is for us, and how much models will take before anybody has tried them."""

from collections.abc import Iterator
from pathlib import Path

from edgevoice.config import Config
from edgevoice.preflight.gguf import cache_bytes


def room(root: Path = Path("/")) -> int | None:
    """Bytes that we may still use: what the machine has, or our control group's rest if that is
    less. None: the system does not tell. `root`: where /proc and /sys are."""
    free = [_meminfo(root), *_groups(root)]
    known = [size for size in free if size is not None]
    return min(known, default=None)


def _meminfo(root: Path) -> int | None:
    for line in _text(root / "proc/meminfo").splitlines():
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0]) * 1024
    return None


def _groups(root: Path) -> Iterator[int]:
    """What is left in each of the control groups that we are in, of either version."""
    mount = root / "sys/fs/cgroup"
    for line in _text(root / "proc/self/cgroup").splitlines():
        number, controllers, path = line.split(":", 2)
        if number == "0":
            top = mount if (mount / "cgroup.controllers").exists() else mount / "unified"
            names = ("memory.max", "memory.current")
        elif "memory" in controllers.split(","):
            top, names = mount / "memory", ("memory.limit_in_bytes", "memory.usage_in_bytes")
        else:
            continue
        here = top / path.lstrip("/")
        for folder in (here, *here.parents):
            if folder.is_relative_to(top):
                limit, used = (_number(folder / name) for name in names)
                if limit is not None and used is not None:
                    yield max(0, limit - used + _cached(folder))


def _cached(group: Path) -> int:
    """Bytes of files that the kernel keeps in memory for a group, and gives back when asked."""
    rows = (line.split() for line in _text(group / "memory.stat").splitlines())
    return sum(int(row[1]) for row in rows if row[:1] in (["inactive_file"], ["active_file"]))


def estimate(section: str, config: Config) -> int:
    """Bytes that the engine in `section` will take, by an estimate: its files, and for the language
    model the cache of its context. What it works in besides is not counted."""
    match section:
        case "stt":
            return _size(config.stt.model)
        case "llm":
            here = (llm for llm in config.llm.all if llm.engine != "openai")
            return sum(_size(m.model) + cache_bytes(m.model, m.context_tokens) for m in here)
        case "turn":
            return _size(config.turn.model)
        case "tts" if config.tts.engine == "piper":
            return _size(Path(config.tts.voice))
    return 0


def _size(path: Path) -> int:
    """Bytes of a file, or of the files in a folder; none where it cannot be told."""
    try:
        if path.is_dir():
            return sum(file.stat().st_size for file in path.iterdir() if file.is_file())
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _number(path: Path) -> int | None:
    """A limit; None where there is none ("max")."""
    text = _text(path).strip()
    return int(text) if text.isdecimal() else None
