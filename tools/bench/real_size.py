"""Conversations with models of real size and random weights: utterances of five seconds.

The speech model's words come as they are spoken (`paced`): the cost is real, the words are the
script's.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from edgevoice.app import Engines, load_engines
from edgevoice.bench.modes import with_settings
from edgevoice.config import Config
from edgevoice.demo.script import Cued, speak_script
from edgevoice.errors import BadInputError
from edgevoice.transports.caller import Line
from tools.bench.paced import PacedTranscriber
from tools.bench.shapes import PLACES

SPOKEN = "could you please tell me what the weather in the park is going to be like tomorrow"
"""As long as what the speech model hears; five seconds in the person's voice."""

ENDPOINT_MS = 400
REPLY_TOKENS = 16
"""The reply is cut off there, so that a measurement does not take all day."""


def real_size(
    folder: Path, speech: str, chat: str, threads: int
) -> tuple[Config, Engines, Sequence[Line]]:
    """The configuration, the engines and one utterance, with the models in `folder`.

    `speech`, `chat`: names in `shapes.PLACES`. Raises `BadInputError` when they were not made yet.
    """
    paths = {name: folder / PLACES[name] for name in (speech, chat, "voice-medium")}
    for name, path in paths.items():
        if not path.exists():
            raise BadInputError(
                f"{path}: the model {name} is not there",
                f"Make it with `python -m tools.bench.shapes --out {folder}`.",
            )
    config = with_settings(
        Config(),
        {
            "stt.model": paths[speech],
            "llm.model": paths[chat],
            "tts.engine": "piper",
            "tts.voice": str(paths["voice-medium"]),
            "stt.threads": threads,
            "llm.threads": threads,
            "tts.threads": threads,
            "llm.max_tokens": REPLY_TOKENS,
            "vad.endpointing": "fixed",
            "vad.endpointing_delay_ms": ENDPOINT_MS,
        },
    )
    engines = load_engines(config)
    lines = speak_script((Cued(SPOKEN, ms=1_000),))
    paced = PacedTranscriber(engines.transcriber, lambda: lines[0].clip)
    return config, replace(engines, transcriber=paced), lines
