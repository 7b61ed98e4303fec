"""`devices` and `doctor`: what is here, and whether it works."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from edgevoice.cli.console import (
    ConfigOption,
    JsonOption,
    console,
    errors,
    loading,
    print_check,
    print_json,
    settings,
)
from edgevoice.cli.proving import prove_privacy
from edgevoice.config import AudioConfig

if TYPE_CHECKING:
    from edgevoice.doctor import Check
    from edgevoice.duplex import Measured

METER_DBFS = -60.0
"""The level at which the meter's bar begins."""


def devices(
    meter: Annotated[
        bool, typer.Option("--meter", help="Show how loud the microphone hears, until Ctrl-C.")
    ] = False,
    tone: Annotated[bool, typer.Option("--tone", help="Play a test tone.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List microphones and loudspeakers; try them with --meter and --tone."""
    from edgevoice.devices import list_devices, play_aloud, test_tone

    chosen = settings(config)
    if tone:
        asyncio.run(play_aloud(test_tone(22_050), chosen.audio.output_device))
    if meter:
        asyncio.run(_meter(chosen.audio.input_device))
    if tone or meter:
        return
    found = list_devices()
    if as_json:
        print_json([asdict(device) for device in found])
        return
    if not found:
        console.print("There is no sound device here: plug one in, and look again.")
        return
    columns = ("", "Name", "Hears", "Speaks", "Hertz", "System", "Plugged in at")
    table = Table(*columns, box=None, header_style="dim")
    for device in found:
        default = "●" if device.is_default_input or device.is_default_output else ""
        table.add_row(
            default,
            device.name,
            "yes" if device.max_inputs else "",
            "yes" if device.max_outputs else "",
            str(device.default_rate),
            device.host_api,
            next(iter(device.places), ""),
        )
    console.print(table)
    console.print(
        "[dim]● is used unless audio.input_device or audio.output_device in config.yaml names "
        "another, or its place where several are called alike (their numbers change). Try them: "
        "edgevoice devices --meter, --tone[/]"
    )


async def _meter(input_device: str | None) -> None:
    from rich.live import Live
    from rich.progress_bar import ProgressBar

    from edgevoice.devices import level
    from edgevoice.transports.local import LocalTransport

    transport = LocalTransport(input_device, speak=False)
    await transport.open()
    try:
        with Live(console=console, transient=True) as live:
            async for loudness in level(transport):
                row = Table.grid(padding=(0, 1))
                bar = ProgressBar(total=-METER_DBFS, completed=max(0, loudness - METER_DBFS))
                row.add_row("hears", bar, f"{loudness:4.0f} dBFS")
                live.update(row)
    except (asyncio.CancelledError, KeyboardInterrupt):
        return
    finally:
        await transport.aclose()


def doctor(
    echo: Annotated[
        bool,
        typer.Option(
            "--echo",
            help="Measure the echo instead, so that we may listen while we speak: plays ten "
            "seconds of sound.",
        ),
    ] = False,
    privacy: Annotated[
        bool,
        typer.Option(
            "--privacy",
            help="Prove instead that nothing leaves: tries to get out, and looks at what is kept.",
        ),
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check what is here, what is missing, and what to do about it.

    Ends with code 1 when something that is needed does not work.
    """
    from edgevoice.devices import list_devices
    from edgevoice.doctor import run_checks
    from edgevoice.doctor_skills import skill_checks

    chosen = settings(config)
    if privacy:
        prove_privacy(chosen, config, as_json)
        return
    if echo:
        _measure_echo(chosen.audio, as_json)
        return
    checks = chain(run_checks(chosen, source=config, devices=list_devices), skill_checks(chosen))
    done = []
    with loading() as progress:
        progress("looking around")
        for check in checks:
            done.append(check)
            if not as_json:
                print_check(check)
    if as_json:
        print_json([asdict(check) for check in done])
    if any(check.status == "fail" for check in done):
        raise typer.Exit(1)


def _measure_echo(audio: AudioConfig, as_json: bool) -> None:
    from edgevoice.devices import list_devices
    from edgevoice.duplex import between
    from edgevoice.echo_memory import echo_file, remember

    measured = asyncio.run(_hear_echo(audio, errors if as_json else console))
    devices = between(audio.input_device, audio.output_device, list_devices())
    file = echo_file()
    if as_json:
        chosen = {"duplex": measured.duplex.value, "reason": measured.reason}
        about = {**devices._asdict(), **asdict(measured.echo), **chosen, "file": str(file)}
        print_json({**about, "setting": audio.duplex})
    else:
        for check in _told(measured):
            print_check(check)
    remember(file, devices, measured)
    if as_json:
        return
    console.print(f"[dim]Kept for {escape(' and '.join(devices))} in {escape(str(file))}.[/]")
    if audio.duplex != "auto":
        console.print(f"audio.duplex says {audio.duplex}, and that wins; auto uses what is kept.")


async def _hear_echo(audio: AudioConfig, shown: Console) -> "Measured":
    from edgevoice.echo_trial import try_echo
    from edgevoice.transports.local import LocalTransport

    transport = LocalTransport(audio.input_device, audio.output_device, period_ms=audio.period_ms)
    try:
        await transport.open()
        shown.print(
            "You will hear two short sweeps and a soft rush, ten seconds in all. Please leave the "
            "room quiet.\n[dim]Nothing of it is kept but the figures.[/]"
        )
        with errors.status("Playing and listening …"):
            return await try_echo(transport)
    finally:
        await transport.aclose()


def _told(measured: "Measured") -> Iterator["Check"]:
    """What was measured, and what follows, in plain words."""
    from edgevoice.doctor import Check
    from edgevoice.duplex import LOUD_ROOM_DBFS, Duplex

    echo = measured.echo
    loud = echo.noise_dbfs > LOUD_ROOM_DBFS
    room = f"{'loud' if loud else 'quiet'}, {echo.noise_dbfs:.0f} dBFS"
    yield Check("room", "warn" if loud else "ok", room)
    if echo.heard:
        weaker = f"{abs(echo.level_db):.0f} dB {'louder' if echo.level_db > 0 else 'weaker'}"
        yield Check("echo", "ok", f"after {echo.delay_ms:.0f} ms, {weaker} than what is played")
        left = f"{echo.residual_dbfs:.0f} dBFS are left, the room's noise included"
        yield Check("canceller", "ok", f"takes {echo.cancelled_db:.0f} dB out; {left}")
    else:
        cure = "If you did not hear them either: turn the loudspeaker up, and measure again."
        yield Check("echo", "ok", "no sweep came back", cure)
    follows = {
        Duplex.FULL: "we listen while we speak, and need not cancel anything",
        Duplex.CANCEL: "we listen while we speak, without our echo",
        Duplex.HALF: "we do not listen while we speak",
    }[measured.duplex]
    status: Literal["ok", "warn"] = "warn" if measured.duplex is Duplex.HALF else "ok"
    yield Check(
        "chosen", status, f"{measured.duplex.value}: {follows}", f"Because {measured.reason}."
    )
