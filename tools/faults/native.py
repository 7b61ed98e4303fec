"""What befalls the engines' native code: libraries and models that end the process they are in."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from edgevoice.config import Config
from edgevoice.errors import UnfitError
from edgevoice.notify import Notifier
from edgevoice.preflight.starts import FIRST_PAUSE_S, PATIENCE
from edgevoice.preflight.takeoff import Takeoff
from edgevoice.watchdog import Bulletin
from tests.engines.rotten import rot
from tools.faults.appliance import START_S, Appliance
from tools.faults.fault import Observed, UnavailableError, expect, fault

STARTER = Config().llm.model
SMALL = {"name": "small", "llm": {"model": str(STARTER), "context_tokens": 1024}}
SMALLER = "the smaller profile answers, and says why; a line names engine and model"
ENDS = "it ends with code 3 after a pause, and its status says why; the microphone is never opened"
UNFIT = UnfitError.exit_code

TRAP = """
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* ggml's own function of this name is called wherever this one lets it. */
int ggml_backend_sched_graph_compute_async(void *sched, void *graph)
{
    static int (*real)(void *, void *);
    char line[4096];
    FILE *maps = real ? NULL : fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps))
        if (strstr(line, "/big.gguf"))
            __builtin_trap();
    if (maps)
        fclose(maps);
    if (!real)
        real = dlsym(
            dlopen("libggml-base.so.0", RTLD_LAZY | RTLD_NOLOAD),
            "ggml_backend_sched_graph_compute_async");
    return real(sched, graph);
}
"""
"""An instruction that the processor does not have, where the model big.gguf is in use."""


def chat(model: Path, *smaller: Mapping[str, Any], **llm: Any) -> dict[str, Any]:
    """Settings whose main profile has the language model `model`."""
    return {
        "audio": {"duplex": "full"},
        "llm": {"model": str(model), **llm},
        "profiles": list(smaller),
    }


def rotten(path: Path) -> Path:
    """The starter model with one bit turned."""
    path.write_bytes(rot(STARTER.read_bytes()))
    return path


def answers_smaller(appliance: Appliance, *reasons: str) -> Observed:
    """Look that the smaller profile is what answers, that it says so, and for these `reasons`."""
    began = time.monotonic()
    reply = appliance.ask()
    told = [told for _, told in appliance.told if "“small”" in told]
    expect(told, f"its status does not tell of the profile: {appliance.status}")
    for reason in reasons:
        expect(reason in appliance.log, f"its log does not say {reason!r}: {appliance.last_words}")
    expect("profile changed" in appliance.audited, "the audit log does not tell of it")
    expect(time.monotonic() - began < START_S, "it took too long")
    said = told[0].removeprefix("STATUS=").partition("; ")[2]
    return Observed(f"answered after {reply:.1f} s; its status: {_short(said)}")


def gives_up(appliance: Appliance, *reasons: str) -> Observed:
    """Look that it ends by itself, slowly, with the reason in its status."""
    began = time.monotonic()
    appliance.start(ready=False)
    code = appliance.ended(START_S)
    paused = time.monotonic() - began
    expect(code == UNFIT, f"it ended with code {code}: {appliance.last_words}")
    expect(paused >= FIRST_PAUSE_S, f"it ended after {paused:.1f} s, without a pause")
    for reason in reasons:
        expect(reason in appliance.status, f"its status is {appliance.status!r}")
    expect(not any(told == "READY=1" for _, told in appliance.told), "it said that it was ready")
    expect("unfit to start" in appliance.audited, "the audit log does not tell of it")
    return Observed(f"ended after {paused:.0f} s with code {code}; {_short(appliance.status)}")


def _short(words: str) -> str:
    return words if len(words) < 140 else f"{words[:140]}…"


@fault(SMALLER)
def model_rotten(folder: Path) -> Observed:
    """One bit of the language model has turned, and llama.cpp gives up (SIGABRT)."""
    model = rotten(folder / "rotten.gguf")
    with Appliance(folder, chat(model, SMALL)) as appliance:
        return answers_smaller(appliance, "llm: llama", str(model), "SIGABRT")


@fault(SMALLER)
def model_cut_short(folder: Path) -> Observed:
    """The language model's file ends in the middle."""
    model = folder / "cut.gguf"
    model.write_bytes(STARTER.read_bytes()[: STARTER.stat().st_size // 2])
    with Appliance(folder, chat(model, SMALL)) as appliance:
        return answers_smaller(appliance, "llm: llama", str(model))


@fault(SMALLER)
def illegal_instruction(folder: Path) -> Observed:
    """A library executes an instruction that the processor does not have (SIGILL)."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise UnavailableError("there is no C compiler")
    (folder / "trap.c").write_text(TRAP)
    library = folder / "trap.so"
    command = [compiler, "-shared", "-fPIC", "-o", str(library), str(folder / "trap.c"), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    model = folder / "big.gguf"
    shutil.copy(STARTER, model)
    trapped = {"LD_PRELOAD": str(library)}
    with Appliance(folder, chat(model, SMALL), environment=trapped) as appliance:
        return answers_smaller(appliance, "llm: llama", str(model), "SIGILL")


@fault("after three times the smaller profile answers, and says so")
def crashes_again_and_again(folder: Path) -> Observed:
    """The service dies of SIGSEGV, SIGILL and SIGABRT, one start after the other."""
    crashes = (signal.SIGSEGV, signal.SIGILL, signal.SIGABRT)
    assert len(crashes) == PATIENCE
    with Appliance(folder, chat(STARTER, SMALL), start=False) as appliance:
        for crash in crashes:
            appliance.start()
            expect("“small”" not in appliance.status, f"too soon: {appliance.status}")
            code = appliance.stop(crash)
            expect(code == -crash, f"{crash.name} left it with code {code}")
        appliance.start()
        return answers_smaller(appliance, "died again and again")


@fault("it works without it: words and pauses tell when a person has finished; and it says so")
def turn_model_garbage(folder: Path) -> Observed:
    """The turn detector's model is garbage."""
    model = folder / "garbage.onnx"
    model.write_bytes(os.urandom(100_000))
    with Appliance(folder, {"audio": {"duplex": "full"}, "turn": {"model": str(model)}}) as box:
        reply = box.ask()
        expect("turn detector does not work" in box.status, f"its status is {box.status!r}")
        return Observed(f"answered after {reply:.1f} s; {box.status}")


@fault(ENDS)
def model_rotten_and_no_other(folder: Path) -> Observed:
    """The only language model ends every process that uses it."""
    model = rotten(folder / "rotten.gguf")
    with Appliance(folder, chat(model), start=False) as appliance:
        return gives_up(appliance, "llm: llama", "SIGABRT")


@fault(ENDS)
def other_processor(folder: Path) -> Observed:
    """The disk was put into a machine whose processor lacks what llama.cpp was built for."""
    features = {"x86_64": "sse4_1", "aarch64": "asimd"}.get(os.uname().machine, "")
    fake = folder / "cpuinfo"
    fake.write_text(f"flags : {features}\nFeatures : {features}\n")
    inside = ["unshare", "--map-root-user", "--mount"]
    mount = f"mount --bind {fake} /proc/cpuinfo"
    if subprocess.run([*inside, "sh", "-c", mount], capture_output=True, check=False).returncode:
        raise UnavailableError("/proc/cpuinfo cannot be hidden here")
    prefix = [*inside, "sh", "-c", f'{mount} && exec "$@"', "sh"]
    with Appliance(folder, chat(STARTER, SMALL), prefix=prefix, start=False) as appliance:
        return gives_up(appliance, "was built for a processor with")


@fault(SMALLER)
def too_little_memory(folder: Path) -> Observed:
    """The service may use less memory than the model's context takes."""
    with memory_group(450_000_000) as prefix:
        settings = chat(STARTER, SMALL, context_tokens=131_072)
        with Appliance(folder, settings, prefix=prefix) as appliance:
            return answers_smaller(appliance, "by an estimate", "are free")


@fault("only the process that tried it is killed; the service lives to tell, and ends with code 3")
def out_of_memory(folder: Path) -> Observed:
    """Memory runs out, and the kernel kills."""
    with (
        memory_group(110_000_000) as prefix,
        Appliance(folder, prefix=prefix, start=False) as appliance,
    ):
        return gives_up(appliance, "SIGKILL")


@fault("it is not waited for; the smaller profile is chosen")
def model_hangs(folder: Path) -> Observed:
    """Reading the language model never ends: it is a pipe that nobody writes to."""
    os.mkfifo(folder / "pipe.gguf")
    config = Config.model_validate(chat(folder / "pipe.gguf", SMALL))
    notifier = Notifier()
    began = time.monotonic()
    chosen = Takeoff(
        config, Bulletin(notifier), notifier, _deaf, folder=folder / "state", limit_s=5
    ).choose()
    expect(chosen.llm.model == STARTER, "the model that hangs was chosen")
    return Observed(f"given up after 5 s; ready to load after {time.monotonic() - began:.1f} s")


@fault("the proof of the last start does not hold for it: found out before it is loaded")
def model_rots_between_two_starts(folder: Path) -> Observed:
    """The model is replaced by a damaged one of the same name, size and date."""
    model = folder / "model.gguf"
    shutil.copy(STARTER, model)
    about = model.stat()
    with Appliance(folder, chat(model, SMALL)) as appliance:
        appliance.ask()
        appliance.stop()
        rotten(folder / "new").replace(model)
        os.utime(model, ns=(about.st_atime_ns, about.st_mtime_ns))
        expect(model.stat().st_size == about.st_size, "the damage changed the size")
        appliance.start()
        return answers_smaller(appliance, "SIGABRT")


@fault("damage is found in a child all the same; it starts and answers with the smaller profile")
def nothing_can_be_remembered(folder: Path) -> Observed:
    """The model is damaged, and the folder for our state cannot be made."""
    model = rotten(folder / "rotten.gguf")
    (folder / "state").write_text("in the way")
    with Appliance(folder, chat(model, SMALL)) as appliance:
        reply = appliance.ask()
        expect("“small”" in appliance.status, f"its status is {appliance.status!r}")
        expect("starts are not counted" in appliance.log, "it does not say that it cannot count")
        return Observed(f"answered after {reply:.1f} s; {_short(appliance.last_words)}")


@contextmanager
def memory_group(limit: int) -> Iterator[list[str]]:
    """A control group that may use `limit` bytes: the command that goes into it and on."""
    top = Path("/sys/fs/cgroup")
    old = top / "memory" / "memory.limit_in_bytes"
    base, name = (old.parent, old.name) if old.exists() else (top, "memory.max")
    group = base / f"edgevoice-fault-{os.getpid()}"
    try:
        group.mkdir()
    except OSError:
        raise UnavailableError("control groups cannot be made here (not root?)") from None
    try:
        try:
            (group / name).write_text(str(limit))
        except OSError:
            raise UnavailableError("memory cannot be limited here") from None
        yield ["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh"]
    finally:
        for _ in range(100):
            with suppress(OSError):
                group.rmdir()
                break
            time.sleep(0.05)


def _deaf(*_: object, **__: object) -> None:
    """Nobody keeps an audit log here."""
