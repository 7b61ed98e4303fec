"""`run` and `demo`: whole conversations, aloud."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from edgevoice.buttons import KEYS
from edgevoice.cli.console import (
    ConfigOption,
    JsonOption,
    console,
    errors,
    loading,
    print_json,
    settings,
)
from edgevoice.cli.forgiving import forgiving
from edgevoice.config import Config, SttConfig, find_config
from edgevoice.duplex import Duplex
from edgevoice.errors import DeviceError

if TYPE_CHECKING:
    from edgevoice.demo.aloud import Aloud
    from edgevoice.demo.hold import Demo
    from edgevoice.room import Room


STARTER_EARS = (
    "[dim]The starter speech model grew up with synthetic voices and will often ask people to say "
    "it again. README.md tells how to go on to a real one.[/]"
)


def run(
    config: ConfigOption = None,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet", "-q", help="Print no words, only whether it listens: for services."
        ),
    ] = False,
) -> None:
    """Talk to the assistant through the microphone and the loudspeaker, until Ctrl-C."""
    from edgevoice.hangup import Hangups
    from edgevoice.privacy.journal import kept_by_journal
    from edgevoice.running import Running
    from edgevoice.show import Quiet, Show

    hangups = Hangups()
    source = config or find_config()
    wanted = settings(source)
    quiet = quiet or kept_by_journal(sys.stdout.fileno())
    sys.stdout = forgiving(sys.stdout)
    show = Quiet(console) if quiet else Show(console)
    with Running(source, wanted, show, hangups) as running:
        with loading() as progress:
            running.load(progress)
        until_stopped(running.talk(_say_nothing if quiet else _welcome))
    if not quiet:
        console.print("[dim]Goodbye.[/]")


HOW_TO_TALK = {
    "always": "Speak whenever you like",
    "push_to_talk": "Press the space bar, speak, press it again",
    "wake_word": "Say “{word}”, and then what you want",
}
HOW_TO_INTERRUPT = {
    Duplex.FULL: "Interrupt me by speaking",
    Duplex.CANCEL: "Interrupt me by speaking (I take my echo out)",
    Duplex.HALF: "I do not hear you while I speak",
}


def _say_nothing(config: Config, room: "Room") -> None:
    """Nobody looks on."""


def _welcome(config: Config, room: "Room") -> None:
    """Tell the person how to talk to us."""
    if config.stt.model == SttConfig().model:
        console.print(STARTER_EARS)
    word = config.attention.wake_word.replace("_", " ")
    talk = HOW_TO_TALK[config.attention.mode].format(word=escape(word))
    console.print(f"[dim]{talk}. {HOW_TO_INTERRUPT[room.duplex]}: {escape(room.reason)}.[/]")
    keys = f"{KEYS} · " if sys.stdin.isatty() else ""
    console.print(f"[dim]{keys}Ctrl-C ends.[/]")


def demo(
    recording: Annotated[
        Path | None,
        typer.Argument(
            help="A WAV file with somebody's question; without it a scripted person calls.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for demo.wav, demo.json and demo.png.")
    ] = Path("demo-output"),
    aloud: Annotated[
        bool | None,
        typer.Option(
            "--aloud/--silent",
            help="Play the conversation through the loudspeaker. Without either: if there is one.",
            show_default=False,
        ),
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hear and watch the assistant hold a conversation, with real engines, in real time.

    A scripted person asks, listens and interrupts. Nothing is canned but their lines. A recording
    of the conversation (left: the person, right: the assistant), its words and times, and a
    picture of it are left in the --out folder.
    """
    from edgevoice.app import load_engines
    from edgevoice.audio.wav import read_wav
    from edgevoice.demo.aloud import Aloud
    from edgevoice.demo.hold import Demo, make_folder
    from edgevoice.demo.script import speak_script
    from edgevoice.show import summary
    from edgevoice.skills.skills import Skills
    from edgevoice.transports.caller import Line

    chosen = settings(config)
    lines = [Line(read_wav(recording), None)] if recording else None
    make_folder(out)
    with Skills(chosen, keeps=False) as skills:
        with loading() as progress:
            engines = load_engines(chosen, progress, skills)
            progress("the person's voice")
            lines = lines or speak_script()
        shown = errors if as_json else console
        room = Aloud(engines.voice.rate, chosen.audio.output_device)
        conversation = Demo(chosen, engines, lines, room, skills)
        until_stopped(_hold_aloud(conversation, room, aloud, shown))
    written = conversation.write(out)
    if as_json:
        print_json(conversation.as_json())
        return
    console.print(summary(conversation.turns, conversation.barge_ins_ms))
    console.print(f"[dim]Written: {', '.join(str(path) for path in written)}[/]")


async def _hold_aloud(
    conversation: "Demo", room: "Aloud", aloud: bool | None, shown: Console
) -> None:
    """Hold the demonstration so that the room hears it; None: if there is a loudspeaker."""
    from edgevoice.show import Show

    if aloud is not False:
        try:
            await room.open()
        except DeviceError as error:
            if aloud:
                raise
            shown.print(f"[dim]{escape(error.what)}: see the conversation, hear it in demo.wav.[/]")
    try:
        with Show(shown) as show:
            await conversation.hold([show])
    finally:
        await room.aclose()
    if room.failure:
        shown.print(f"[dim]The rest was not heard. {escape(room.failure.what)}.[/]")


def until_stopped(conversation: Coroutine[Any, Any, None]) -> None:
    """Hold `conversation` until it ends by itself, or Ctrl-C, a service manager or the end of the
    terminal ends it."""

    async def hold() -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(conversation)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(hold())
