"""`devices` and `doctor`: what is here, and whether it works."""

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from edgevoice.cli.console import ConfigOption, JsonOption, console, loading, print_json, settings

if TYPE_CHECKING:
    from edgevoice.doctor import Check

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
    table = Table("", "Name", "Hears", "Speaks", "Hertz", "System", box=None, header_style="dim")
    for device in found:
        default = "●" if device.is_default_input or device.is_default_output else ""
        table.add_row(
            default,
            device.name,
            "yes" if device.max_inputs else "",
            "yes" if device.max_outputs else "",
            str(device.default_rate),
            device.host_api,
        )
    console.print(table)
    console.print(
        "[dim]● is used unless audio.input_device or audio.output_device in config.yaml names "
        "another. Try them: edgevoice devices --meter, --tone[/]"
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


def doctor(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check what is here, what is missing, and what to do about it.

    Ends with code 1 when something that is needed does not work.
    """
    from edgevoice.devices import list_devices
    from edgevoice.doctor import run_checks

    checks = run_checks(settings(config), source=config, devices=list_devices)
    done = []
    with loading() as progress:
        progress("looking around")
        for check in checks:
            done.append(check)
            if not as_json:
                _print_check(check)
    if as_json:
        print_json([asdict(check) for check in done])
    if any(check.status == "fail" for check in done):
        raise typer.Exit(1)


def _print_check(check: "Check") -> None:
    mark = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]"}[check.status]
    row = Table.grid(padding=(0, 1))
    row.add_column(width=1)
    row.add_column(width=16)
    row.add_row(mark, f"[bold]{escape(check.name)}[/]", escape(check.what))
    if check.cure:
        row.add_row("", "", f"[dim]→ {escape(check.cure)}[/]")
    console.print(row)
