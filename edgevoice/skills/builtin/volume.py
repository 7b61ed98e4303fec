"""Tools for the volume; it is remembered, and whatever it is, alarms are heard."""

import json
import logging
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from edgevoice.errors import OutputError
from edgevoice.files import new_folder, write_atomically
from edgevoice.replying import Bell
from edgevoice.skills.tool import Tool, ToolFailedError, tool
from edgevoice.state_folder import state_folder
from edgevoice.transports.loudness import Level

log = logging.getLogger(__name__)

STEP = 15
"""Of "louder" and "quieter"."""
ALARM_LEVEL = 30
"""Nothing rings at a lower level: 17 dB below the highest."""
LOWEST_STEP = 10
"""However often somebody says "quieter", it stays audible; only a level of 0 is silence."""


def volume_file() -> Path:
    """Where the level is kept."""
    return state_folder() / "volume.json"


def remembered_level(file: Path) -> int:
    """The level that was kept in `file`; 100 where there is none that can be understood."""
    try:
        kept = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return 100
    level = kept.get("level") if isinstance(kept, dict) else None
    return level if type(level) is int and 0 <= level <= 100 else 100


def remember_level(file: Path, level: int) -> None:
    """Keep `level`; where that cannot be, it lasts until the end, and we log why."""
    try:
        new_folder(file.parent)
        write_atomically(file, json.dumps({"level": level}).encode())
    except (OSError, OutputError) as error:
        log.warning("the volume is not remembered: %s", error)


class AudibleBell:
    """A `Bell` that is heard: from its ringing until somebody answers, nothing is played below
    `ALARM_LEVEL`."""

    def __init__(self, bell: Bell, loud: Level) -> None:
        self._bell = bell
        self._loud = loud

    def due(self) -> str:
        if words := self._bell.due():
            self._loud.least = ALARM_LEVEL
        return words

    def said(self, heard: bool) -> None:
        self._bell.said(heard)

    def answered(self) -> None:
        self._loud.least = 0
        self._bell.answered()


def volume_tools(loud: Level, file: Path | None) -> list[Tool]:
    """The tools that set the level of `loud`, and keep it in `file`; None: nowhere."""

    def change(level: int) -> str:
        loud.level = level
        if file:
            remember_level(file, level)
        return f"The volume is {level}." if level else "I am silent now. Alarms are still heard."

    @tool
    def set_volume(level: Annotated[int, Field(ge=0, le=100)]) -> str:
        """Set how loud the assistant speaks.

        level: From 0, silent, to 100, the loudest.
        """
        return change(level)

    @tool
    def change_volume(direction: Literal["up", "down"]) -> str:
        """Speak louder or more quietly.

        direction: "up" for louder, "down" for quieter.
        """
        level = loud.level
        if direction == "up":
            if level == 100:
                raise ToolFailedError("I cannot speak any louder.")
            return change(min(100, level + STEP))
        if level <= LOWEST_STEP:
            raise ToolFailedError("I cannot speak any more quietly and still be heard.")
        return change(max(LOWEST_STEP, level - STEP))

    return [set_volume, change_volume]
