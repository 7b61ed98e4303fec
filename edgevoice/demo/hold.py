"""Holds the demonstration and writes down what became of it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edgevoice.app import Engines, Surroundings, converse
from edgevoice.audio.wav import write_wav
from edgevoice.config import Config
from edgevoice.demo.outcome import person_track, stereo, timed_exactly, turns_as_json
from edgevoice.demo.picture import draw_conversation
from edgevoice.errors import OutputError
from edgevoice.files import write_atomically
from edgevoice.report import Observer, Recorder, TurnReport
from edgevoice.skills.skills import Skills
from edgevoice.transports.caller import Bystander, Caller, Line


class Demo:
    """One conversation with a scripted person, in real time; `bystander` hears both sides."""

    def __init__(
        self,
        config: Config,
        engines: Engines,
        lines: Sequence[Line],
        bystander: Bystander | None = None,
        skills: Skills | None = None,
    ) -> None:
        self._here = Surroundings(skills=skills)
        self._config = config
        self._engines = engines
        self._recorder = Recorder()
        self._caller = Caller(lines, bystander=bystander)

    async def hold(self, observers: Sequence[Observer] = ()) -> None:
        """Hold the conversation, watched by `observers`."""
        await self._caller.open()
        watching: list[Observer] = [self._recorder, *observers]
        await converse(self._config, self._engines, self._caller, watching, self._here)

    @property
    def turns(self) -> list[TurnReport]:
        """The turns, their times counted from what was really said."""
        return timed_exactly(self._recorder.turns, self._caller.spoken)

    @property
    def barge_ins_ms(self) -> list[float | None]:
        """For every turn, how long the person had to speak until it was silent."""
        return [turn["barge_in_ms"] for turn in turns_as_json(self.turns, self._caller)]

    def as_json(self) -> dict[str, Any]:
        """What demo.json holds."""
        models = {
            "vad": self._config.vad.engine,
            "stt": self._config.stt.model.name,
            "llm": self._config.llm.name,
            "tts": f"{self._config.tts.engine} {self._config.tts.voice}",
        }
        return {"models": models, "turns": turns_as_json(self.turns, self._caller)}

    def write(self, folder: Path) -> list[Path]:
        """Write demo.wav, demo.json and demo.png into `folder`; answers their paths."""
        wav, words, picture = (folder / f"demo.{kind}" for kind in ("wav", "json", "png"))
        write_wav(wav, *stereo(self._caller))
        write_atomically(words, json.dumps(self.as_json(), indent=2).encode() + b"\n")
        draw_conversation(
            self.turns,
            self._caller.spoken,
            self._caller.sounded,
            person_track(self._caller),
            picture,
        )
        return [wav, words, picture]


def make_folder(folder: Path) -> None:
    """Make `folder`, and find out now whether it can be written to, not after the conversation.

    Raises `OutputError`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".edgevoice-probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written to ({error.strerror})", "Choose another with --out."
        ) from None
