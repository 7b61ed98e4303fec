"""`edgevoice doctor --privacy`: looks whether nothing can leave, from inside a process like ours.

A program can only speak for the process that it is. So this one has the engines loaded, and is
protected as `edgevoice run` is; then it tries to break out. Started in the service's own sandbox,
it proves the sandbox.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from edgevoice.config import Config
from edgevoice.control import socket_path
from edgevoice.doctor import Check, check_offline
from edgevoice.privacy import memory, network
from edgevoice.privacy.audit import audit_folder
from edgevoice.privacy.evidence import (
    check_audit,
    check_cloud,
    check_keys,
    check_storage,
    check_transcripts,
    check_unit,
)
from edgevoice.privacy.unit import find_unit
from edgevoice.state_folder import state_folder

OFFLINE_CURE = (
    "Only the service is locked in (PrivateNetwork=yes). To see it, start this command in such a "
    "sandbox: `unshare -rn edgevoice doctor --privacy`."
)
OTHERS_WRITE, OTHERS = 0o022, 0o077


def prove(
    config: Config, source: Path | None, environment: Mapping[str, str] = os.environ
) -> Iterator[Check]:
    """All checks, one by one. `source`: the file that `config` was read from, if there is one.

    Call it in a process that has loaded what a conversation needs and has called
    `memory.forbid_dumps`; reaching out takes some seconds where the network is open.
    """
    for family, address in network.NOBODY:
        version = "IPv4" if "." in address else "IPv6"
        yield check_attempt(f"reach {version}", network.connect_out(family, address))
    yield check_attempt("reach names", network.ask_for_a_name())
    yield check_cards(network.network_cards())
    yield check_sockets(network.network_sockets())
    yield check_offline(environment.get("HF_HUB_OFFLINE", ""))
    yield check_telemetry(environment)
    yield check_dumps(memory.dumps_forbidden())
    kept_out = memory.stay_out_of_swap() or memory.swapping_forbidden()
    yield check_swap(memory.swap_devices(), kept_out)
    yield check_sandbox(Path("/proc/self/status").read_text())
    yield check_settings(source)
    yield check_state(state_folder(environment))
    yield check_control(socket_path(config.attention.control_socket, environment))
    yield check_forgetting(config.privacy.forget_after_s)
    yield check_audit(audit_folder(environment))
    yield check_transcripts(config.transcripts, environment)
    yield check_storage(config.storage, environment)
    yield from check_keys(config.transcripts, config.storage, environment)
    yield check_cloud(config.cloud, state_folder(environment))
    yield check_unit(find_unit())
    yield Check("log", "ok", f"{config.log.level}: numbers and times, and no words at any level")


def check_attempt(name: str, attempt: network.Attempt) -> Check:
    """An attempt to reach out must fail before anything has left."""
    if attempt.shut:
        return Check(name, "ok", f"cannot be done ({attempt.what})")
    return Check(name, "fail", attempt.what, OFFLINE_CURE)


def check_cards(cards: list[str]) -> Check:
    """Whether there is a way out at all."""
    if not cards:
        return Check("network cards", "ok", "none but the loopback is in sight")
    return Check("network cards", "warn", f"in sight: {', '.join(cards)}", OFFLINE_CURE)


def check_sockets(sockets: list[str]) -> Check:
    """No library may have opened a network socket."""
    if not sockets:
        return Check("open sockets", "ok", "none of a network, with every engine loaded")
    cure = "Please report this: nothing in edgevoice needs one."
    return Check("open sockets", "fail", "; ".join(sockets), cure)


def check_telemetry(environment: Mapping[str, str]) -> Check:
    """onnxruntime must not report to its maker, nor have kept anything for that."""
    if environment.get("ORT_DISABLE_TELEMETRY") != "1":
        cure = "Do not change ORT_DISABLE_TELEMETRY: edgevoice sets it to 1."
        return Check("telemetry", "fail", "onnxruntime may report to its maker", cure)
    home = environment.get("HOME") or "/"
    cache = Path(environment.get("XDG_CACHE_HOME") or f"{home}/.cache")
    kept = cache / "Microsoft/DeveloperTools/.onnxruntime"
    if kept.exists():
        what = f"off; {kept} is another program's, or older"
        return Check("telemetry", "warn", what, f"rm -r {kept}")
    return Check("telemetry", "ok", "off in onnxruntime, and nothing of it is kept")


def check_dumps(forbidden: bool) -> Check:
    """A crash must not write our memory to a disk."""
    if forbidden:
        return Check("core dumps", "ok", "forbidden, and nobody of our user may read our memory")
    cure = "Look for what raises RLIMIT_CORE or PR_SET_DUMPABLE again."
    return Check("core dumps", "fail", "a crash may leave one", cure)


def check_swap(devices: list[str], kept_out: bool) -> Check:
    """Memory that is swapped out is on a disk."""
    if not devices:
        return Check("swap", "ok", "this machine has none on a disk")
    if kept_out:
        return Check("swap", "ok", f"our memory never gets to {', '.join(devices)}")
    cure = "Set LimitMEMLOCK=infinity or MemorySwapMax=0 for the service, or switch it off."
    return Check("swap", "warn", f"words may get to {', '.join(devices)}", cure)


def check_sandbox(status: str) -> Check:
    """What the kernel lets us do, by the text of /proc/self/status."""
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    free = []
    if fields.get("NoNewPrivs") != "1":
        free.append("may gain privileges")
    if fields.get("Seccomp") != "2":
        free.append("may make every system call")
    if int(fields.get("CapEff", "0"), 16):
        free.append("has capabilities")
    if not free:
        return Check("sandbox", "ok", "no new privileges, no capabilities, filtered system calls")
    cure = "The service locks this down; a command in a terminal is as free as its user."
    return Check("sandbox", "warn", ", ".join(free), cure)


def check_settings(path: Path | None) -> Check:
    """Nobody else may change the settings."""
    if path is None:
        return Check("settings", "ok", "no file: every setting is at its default")
    mode = path.stat().st_mode
    if mode & OTHERS_WRITE:
        cure = f"chmod go-w {path}"
        return Check("settings", "fail", f"{path} can be changed by others ({_shown(mode)})", cure)
    return Check("settings", "ok", f"{path} ({_shown(mode)})")


def check_state(folder: Path) -> Check:
    """What is kept, and who may read it."""
    try:
        names = sorted(path.name for path in folder.iterdir())
        mode = folder.stat().st_mode
    except FileNotFoundError:
        return Check("state", "ok", f"nothing is kept: {folder} is not there")
    except OSError as error:
        return Check("state", "warn", f"{folder}: {error.strerror}", "Look as the service's user.")
    what = f"{folder} ({_shown(mode)}) holds {', '.join(names) or 'nothing'}"
    if mode & OTHERS_WRITE:
        return Check("state", "fail", f"{what}, and others may change it", f"chmod 700 {folder}")
    if mode & OTHERS:
        return Check("state", "warn", f"{what}, and others may look", f"chmod 700 {folder}")
    return Check("state", "ok", what)


def check_control(path: Path | None) -> Check:
    """Nobody else may press our keys."""
    if path is None:
        return Check("control socket", "ok", "there is none")
    try:
        mode = path.lstat().st_mode
    except OSError:
        return Check("control socket", "ok", f"{path} is not there: nobody listens now")
    if not stat.S_ISSOCK(mode) or mode & OTHERS:
        cure = "Stop edgevoice, remove it, and start edgevoice again."
        return Check("control socket", "fail", f"{path} is open to others ({_shown(mode)})", cure)
    return Check("control socket", "ok", f"{path} ({_shown(mode)})")


def check_forgetting(after_s: int) -> Check:
    """Whoever comes next must not hear about the last conversation."""
    if after_s:
        what = f"after {after_s} s without a word, and when told to"
        return Check("forgetting", "ok", what)
    cure = "Set privacy.forget_after_s."
    return Check("forgetting", "warn", "only when told to, or at the end", cure)


def _shown(mode: int) -> str:
    return stat.filemode(mode)
