"""`transcribe` and `say`: one engine at a time."""

import asyncio
import threading
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from edgevoice.cli.console import ConfigOption, JsonOption, console, loading, print_json, settings
from edgevoice.errors import ConfigError


def transcribe(
    file: Annotated[Path, typer.Argument(help="A WAV file; every common kind is read.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down what is said in a WAV file, one line for every utterance.

    Words that the model is not sure of are marked; in a conversation they would be asked for again.
    """
    from edgevoice.audio.wav import read_wav
    from edgevoice.reading import read_utterances

    chosen = settings(config)
    pcm = read_wav(file)
    with loading() as progress:
        progress("speech recognition")
        utterances = asyncio.run(read_utterances(chosen, pcm))
    if as_json:
        print_json({"file": str(file), "utterances": [u.as_json() for u in utterances]})
        return
    if not utterances:
        console.print("[dim]Nobody speaks in it.[/]")
    for utterance in utterances:
        doubt = "" if utterance.understood else " [yellow](not sure)[/]"
        console.print(f"[dim]{utterance.start_s:6.2f} s[/]  ", end="")
        console.print(utterance.text, markup=False, end="")
        console.print(doubt)


def say(
    text: Annotated[str, typer.Argument(help="What to say.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Write a WAV file instead of speaking.", show_default=False
        ),
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say something aloud, or into a WAV file, in the voice of the configuration."""
    from edgevoice.audio.chunk import AudioChunk, milliseconds_of
    from edgevoice.audio.wav import write_wav
    from edgevoice.dialog.clauses import ClauseSplitter
    from edgevoice.dialog.speakable import Speakable
    from edgevoice.engines.loading import load_voice

    chosen = settings(config)
    with loading() as progress:
        progress("voice")
        voice = load_voice(chosen.tts)
    splitter, speakable = ClauseSplitter(), Speakable()
    words = [speakable(clause) for clause in [*splitter.add(text), *splitter.finish()]]
    never = threading.Event()
    pieces = [chunk.pcm for clause in words for chunk in voice.synthesize(clause, never)]
    if not pieces:
        raise ConfigError("there is nothing to say in that text", "Give it some words.")
    pcm = np.concatenate(pieces)
    if output:
        write_wav(output, pcm, voice.rate)
    else:
        from edgevoice.devices import play_aloud

        asyncio.run(play_aloud(AudioChunk(pcm, voice.rate), chosen.audio.output_device))
    if as_json:
        print_json(
            {
                "said": " ".join(word for word in words if word),
                "file": str(output) if output else None,
                "duration_ms": milliseconds_of(len(pcm), voice.rate),
            }
        )
