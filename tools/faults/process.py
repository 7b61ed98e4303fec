"""What befalls the process itself, and what it is started with."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from edgevoice.errors import UnfitError
from edgevoice.privacy.chain import Happened
from tools.faults.appliance import (
    ANSWER_S,
    FOLLOW_UP,
    FOLLOW_UP_ANSWER,
    START_S,
    STOP_S,
    STORY,
    WATCHDOG_USEC,
    Appliance,
    sabotage,
)
from tools.faults.ear import Ear, say, until
from tools.faults.fault import Observed, expect, fault

TOO_LITTLE_MB = (400, 500)
"""Of address space. Too little for the trial of the engines. On a machine of 2 cores 700 are enough
for everything; in between, a library may end the whole process by itself."""
STARTS_AGAIN = "started again it answers, and the audit log is whole"


def in_a_reply(appliance: Appliance, ear: Ear) -> None:
    """Have it talk for long."""
    asked = say(STORY)
    expect(until(lambda: ear.sounding(1_000, asked), ANSWER_S), "there was no reply")


def clean(appliance: Appliance, code: int) -> None:
    """Look that it has ended as it should."""
    expect(code == 0, f"exit code {code}: {appliance.last_words}")
    expect(appliance.audited[-1] == Happened.STOPPED, "the audit log does not end with a stop")
    expect("Traceback" not in appliance.log, "there is a traceback in the log")


def starts_again(appliance: Appliance) -> Observed:
    """Look that it can be started again, and that nothing it keeps was lost."""
    before = appliance.audited
    appliance.start()
    reply = appliance.ask()
    after = appliance.audited
    expect(after[: len(before)] == before, "the audit log has lost lines")
    expect(after[-1] == Happened.STARTED, "the audit log does not tell of the start")
    return Observed(f"answered {reply:.1f} s after a question; {len(after)} lines, all in order")


@fault("silent and gone within 5 s, exit code 0; the audit log tells that it stopped")
def told_to_stop_in_a_reply(folder: Path) -> Observed:
    """The service manager stops it (SIGTERM) in the middle of a reply."""
    with Appliance(folder) as appliance, Ear() as ear:
        in_a_reply(appliance, ear)
        holders = appliance.sound_pids
        began = time.monotonic()
        clean(appliance, appliance.stop())
        took = time.monotonic() - began
        expect(_all_gone(holders), "the process that holds the sound card is left")
    return Observed(f"gone after {took:.1f} s, exit code 0")


@fault("gone within 5 s, exit code 0; the audit log tells that it stopped")
def interrupted(folder: Path) -> Observed:
    """Somebody presses Ctrl-C (SIGINT) while a question is being asked."""
    with Appliance(folder) as appliance:
        said = say("tell me")
        clean(appliance, appliance.stop(signal.SIGINT))
        took = time.monotonic() - said
    return Observed(f"gone after {took:.1f} s, exit code 0")


@fault(f"gone within 5 s; {STARTS_AGAIN}")
def told_to_stop_while_it_loads(folder: Path) -> Observed:
    """The service manager stops it (SIGTERM) while the engines are being loaded."""
    with Appliance(folder, start=False) as appliance:
        appliance.start(ready=False)
        appliance.wait_told("STATUS=starting", START_S)
        code = appliance.stop()
        expect(code in (0, -signal.SIGTERM), f"exit code {code}")
        return starts_again(appliance)


@fault(STARTS_AGAIN)
def killed_in_a_reply(folder: Path) -> Observed:
    """It is killed (SIGKILL, as by the kernel when memory runs out) in the middle of a reply."""
    with Appliance(folder) as appliance:
        holders = _ended_by(appliance, signal.SIGKILL)
        expect(_all_gone(holders), "the process that holds the sound card is left")
        return starts_again(appliance)


@fault(f"no core file; {STARTS_AGAIN}")
def crashed_in_a_reply(folder: Path) -> Observed:
    """It crashes (SIGSEGV) in the middle of a reply, where core files are allowed."""
    with Appliance(folder, prefix=["prlimit", "--core=unlimited"]) as appliance:
        holders = _ended_by(appliance, signal.SIGSEGV)
        expect(_all_gone(holders), "the process that holds the sound card is left")
        cores = [path.name for path in folder.rglob("*core*")]
        expect(not cores, f"it left {', '.join(cores)}")
        observed = starts_again(appliance)
        expect(Happened.BROKE_OFF in appliance.audited, "the audit log does not tell of the crash")
        return observed


def _ended_by(appliance: Appliance, number: signal.Signals) -> list[int]:
    """End it by `number` in the middle of a reply; answers who held the sound card."""
    with Ear() as ear:
        in_a_reply(appliance, ear)
        holders = appliance.sound_pids
        code = appliance.stop(number)
    expect(code == -number, f"exit code {code}")
    return holders


def _all_gone(pids: list[int]) -> bool:
    return until(lambda: not any(_runs(pid) for pid in pids), STOP_S)


def _runs(pid: int) -> bool:
    """Whether there is such a process, which is more than an exit status."""
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


@fault("no more pings, so that the service manager starts it again; let go, it goes on")
def stopped(folder: Path) -> Observed:
    """The whole process stands still (SIGSTOP)."""
    with Appliance(folder) as appliance:
        appliance.ask()
        return _stands_still(
            appliance,
            lambda: os.kill(appliance.pid, signal.SIGSTOP),
            lambda: os.kill(appliance.pid, signal.SIGCONT),
        )


@fault("no more pings, so that the service manager starts it again; let go, it goes on")
def event_loop_blocked(folder: Path) -> Observed:
    """The event loop stands still, though the process runs."""
    with Appliance(folder, environment=sabotage("block")) as appliance:
        appliance.ask()
        return _stands_still(
            appliance, lambda: os.kill(appliance.pid, signal.SIGUSR1), lambda: None
        )


def _stands_still(
    appliance: Appliance, stop: Callable[[], None], go: Callable[[], None]
) -> Observed:
    stop()
    since = time.monotonic() + 0.2  # what was on its way
    time.sleep(3 * WATCHDOG_USEC / 1e6)
    pings = appliance.pings(since)
    expect(not pings, f"{pings} pings while it stood still")
    go()
    appliance.wait_told("WATCHDOG=1", ANSWER_S, time.monotonic())
    appliance.wait_listening()
    reply = appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
    return Observed(f"no ping in three times the limit; later answered after {reply:.1f} s")


@fault("it apologises; the next question is answered, and the conversation goes on")
def engine_fails(folder: Path) -> Observed:
    """The language model fails in the middle of a reply."""
    with Appliance(folder, environment=sabotage("raise")) as appliance:
        appliance.ask()
        os.kill(appliance.pid, signal.SIGUSR1)
        appliance.ask(answer="wrong")
        reply = appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        expect("sabotaged" not in "".join(line for _, line in appliance.printed), "it babbles")
    return Observed(f"“something went wrong” was heard; then answered after {reply:.1f} s")


@fault("one line tells of the memory, exit code 1 or 3; the audit log is whole")
def not_enough_memory(folder: Path) -> Observed:
    """It may have less memory than its engines need (a limit on its address space)."""
    for megabytes in TOO_LITTLE_MB:
        place = folder / str(megabytes)
        place.mkdir()
        limit = ["prlimit", f"--as={megabytes << 20}"]
        with Appliance(place, prefix=limit, start=False) as appliance:
            appliance.start(ready=False)
            code, lines = appliance.ended(START_S), appliance.log.splitlines()
            ours = [line for line in lines if line.startswith("edgevoice: ")]
            at = f"with {megabytes} MB"
            kept = code in {1, UnfitError.exit_code}
            expect(kept, f"{at}: exit code {code}: {appliance.last_words}")
            expect("Traceback" not in appliance.log, f"{at}: there is a traceback in the log")
            expect(len(ours) == 1 and "not enough memory" in ours[0], f"{at}: it says {ours}")
            expect(appliance.audited[-1] == Happened.STOPPED, f"{at}: the audit log has no end")
    return Observed(f"“{ours[0]}”")


@fault("it is ready, and answers")
def no_standard_input(folder: Path) -> Observed:
    """Its standard input is closed."""
    with Appliance(folder, start=False) as appliance:
        appliance.start(preexec_fn=lambda: os.close(0))
        return _answers(appliance)


@fault("it is ready, and answers")
def no_standard_output(folder: Path) -> Observed:
    """Its standard output and its log lead nowhere: whoever read them has gone."""
    with Appliance(folder, start=False) as appliance:
        ours, its = os.pipe()
        appliance.start(stdout=its, stderr=its)
        os.close(its)
        os.close(ours)
        appliance.press("mute")  # it would print that
        appliance.wait_told("muted", ANSWER_S)
        appliance.press("unmute")
        return _answers(appliance)


@fault("it is ready, and answers")
def no_home(folder: Path) -> Observed:
    """There is no home folder, and no folder for its state."""
    homeless: dict[str, str | None] = dict.fromkeys(("HOME", "STATE_DIRECTORY", "XDG_STATE_HOME"))
    with Appliance(folder, environment=homeless) as appliance:
        return _answers(appliance)


@fault("the second one says so in one line, exit code 2; the first goes on")
def two_at_the_same_time(folder: Path) -> Observed:
    """It is started a second time while it runs."""
    with Appliance(folder) as appliance:
        appliance.ask()
        second = appliance.edgevoice("run", "--quiet", "--config", str(folder / "config.yaml"))
        lines = second.stderr.splitlines()
        expect(second.returncode == 2, f"exit code {second.returncode}")
        expect(len(lines) == 1 and "another edgevoice" in lines[0], f"it says: {second.stderr}")
        reply = appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
    return Observed(f"“another edgevoice listens there”; the first answered after {reply:.1f} s")


@fault("it answers; when there is one again it is told how things are")
def service_manager_away(folder: Path) -> Observed:
    """The service manager's socket vanishes for some seconds."""
    with Appliance(folder) as appliance:
        notify, hidden = folder / "notify", folder / "hidden"
        notify.rename(hidden)
        gone = time.monotonic()
        reply = appliance.ask()
        expect(appliance.pings(gone + 0.5) == 0, "it reached somebody")
        hidden.rename(notify)
        appliance.wait_told("WATCHDOG=1", ANSWER_S, time.monotonic())
    return Observed(f"answered after {reply:.1f} s; then pings came again")


def _answers(appliance: Appliance) -> Observed:
    reply = appliance.ask()
    expect(appliance.stop() == 0, f"it ended badly: {appliance.last_words}")
    return Observed(f"answered after {reply:.1f} s, and stopped cleanly")
