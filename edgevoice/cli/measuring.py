"""`bench`: how quick it is on this machine, how well it takes turns, and how it uses tools."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from edgevoice.cli.console import (
    ConfigOption,
    JsonOption,
    console,
    errors,
    loading,
    print_json,
    settings,
)

if TYPE_CHECKING:
    from edgevoice.bench.run import Progress as Told


OutOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Folder for the figures and the picture.", show_default=False),
]
QuickOption = Annotated[
    bool, typer.Option("--quick", help="A minute and a half; leaves out the long measurements.")
]
SerialOption = Annotated[
    bool, typer.Option("--serial", help="Compare with doing one thing after the other.")
]

benchmarks = typer.Typer(invoke_without_command=True, rich_markup_mode="rich")


@benchmarks.callback()
def _benchmarks(
    context: typer.Context,
    out: OutOption = None,
    quick: QuickOption = False,
    serial: SerialOption = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how soon replies come on this machine, and what they cost.

    A scripted person holds spoken conversations with the configured models, in real time and
    without a sound; then many more, quickly, to see whether time or memory grows. Leave the machine
    alone meanwhile.
    """
    if context.invoked_subcommand is None:
        bench(out, quick, serial, config, as_json)


def bench(
    out: Path | None = None,
    quick: bool = False,
    serial: bool = False,
    config: Path | None = None,
    as_json: bool = False,
) -> None:
    """How soon replies come, and at what cost."""
    from edgevoice.app import load_engines
    from edgevoice.bench.picture import draw_bench
    from edgevoice.bench.run import QUICK, Extent, run
    from edgevoice.bench.show import goals_table, report, soaked_text
    from edgevoice.demo.hold import make_folder

    chosen = settings(config)
    if out:
        make_folder(out)
    with loading() as progress:
        engines = load_engines(chosen, progress)
    with _progress() as told:
        benchmark = run(chosen, engines, QUICK if quick else Extent(), serial, told)
    result = benchmark.result(chosen)
    if out:
        result.write(out / "bench.json")
        draw_bench(benchmark.measured, benchmark.serial, out / "bench.png")
    if as_json:
        print_json(result.as_json())
        return
    console.print(report(benchmark.measured, benchmark.serial))
    if benchmark.soaked:
        console.print(soaked_text(benchmark.soaked))
    console.print(goals_table(benchmark.goals))
    if quick:
        console.print("[dim]Quick: whether time or memory grows was left out.[/]")
    if out:
        console.print(f"[dim]Written: {out / 'bench.json'}, {out / 'bench.png'}[/]")


@benchmarks.command()
def turns(
    out: OutOption = None,
    speech: Annotated[
        Path | None,
        typer.Option(
            help="Folder with recordings of people; without it ../shared/speech.",
            show_default=False,
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A part of everything: rough, but soon.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how well it takes turns: when it answers, and when it lets itself be interrupted.

    Recordings of people, spoken requests and all sorts of noise are played to the whole agent, on a
    clock that does not wait: the figures are the same every time, but for what it costs.
    """
    from edgevoice.bench.show import goals_table
    from edgevoice.bench.turns.people import SPEECH
    from edgevoice.bench.turns.picture import draw_turns
    from edgevoice.bench.turns.run import run
    from edgevoice.bench.turns.show import report
    from edgevoice.demo.hold import make_folder

    chosen = settings(config)
    if out:
        make_folder(out)
    with _progress() as told:
        measured = run(chosen, told, speech=speech or SPEECH, quick=quick)
    if out:
        measured.result.write(out / "turns.json")
        draw_turns(measured.endpointing, out / "turns.png")
    if as_json:
        print_json(measured.result.as_json())
        return
    console.print(report(measured))
    console.print(goals_table(measured.goals))
    if out:
        console.print(f"[dim]Written: {out / 'turns.json'}, {out / 'turns.png'}[/]")


@benchmarks.command()
def skills(
    out: OutOption = None,
    spoken: Annotated[
        bool, typer.Option("--spoken", help="Speak some of it, too, to the speech recogniser.")
    ] = False,
    intents: Annotated[
        bool, typer.Option("--intents", help="Ask only the intents: in a second, without a model.")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="A part of everything: rough, but soon.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how well it uses tools: the right one, and never a claim that something was done
    which was not.

    Some three hundred requests are asked in phrasings that nothing was made from. The tools are
    only played: nothing rings, nobody is called. Some of them fail.
    """
    from edgevoice.bench.show import goals_table
    from edgevoice.bench.skills.measure import measure
    from edgevoice.bench.skills.show import report
    from edgevoice.demo.hold import make_folder

    chosen = settings(config)
    if out:
        make_folder(out)
    with _progress() as told:
        measured = measure(chosen, told, intents_alone=intents, spoken=spoken, quick=quick)
    if out:
        measured.result.write(out / "skills.json")
    if as_json:
        print_json(measured.result.as_json())
        return
    console.print(report(measured))
    console.print(goals_table(measured.goals))
    if out:
        console.print(f"[dim]Written: {out / 'skills.json'}[/]")


@contextmanager
def _progress() -> Iterator["Told"]:
    """A bar on a terminal; gives the function that is told how far we are."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=errors, transient=True, disable=not errors.is_terminal
    ) as shown:
        task = shown.add_task("…")

        def tell(what: str, done: int, total: int) -> None:
            shown.update(task, description=what, completed=done, total=total)

        yield tell
