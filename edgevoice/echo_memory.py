"""What was measured about echoes, kept in a small file for every pair of devices.

The file is written whole or not at all, and read with suspicion: what somebody else has damaged
counts as not measured, and `half`, the safe choice, is made.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from edgevoice.duplex import Devices, Measured
from edgevoice.echo_check import EARLY_MS, LATEST_MS
from edgevoice.errors import OutputError
from edgevoice.files import new_folder, write_atomically
from edgevoice.state_folder import state_folder
from edgevoice.transports.sound_places import plain_name

NAME = "echo.json"

_MEASURED = TypeAdapter(Measured)


def echo_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where it is kept."""
    return state_folder(environment) / NAME


def recall(path: Path, devices: Devices) -> tuple[Measured | None, str]:
    """What was measured for `devices`; or None, and a note if there is more to say than that."""
    try:
        known = _read(path)
    except FileNotFoundError:
        return None, ""
    except (OSError, ValueError):
        return None, f"{path} cannot be read, so nothing is known"
    for about in known:
        if _between(about) == devices:
            measured = _understood(about.get("measured"))
            return measured, "" if measured else f"{path} is damaged, so nothing is known"
    return None, ""


def remember(path: Path, devices: Devices, measured: Measured) -> None:
    """Keep `measured` for `devices`, beside what is kept for others. Raises `OutputError`."""
    try:
        known = _read(path)
    except (OSError, ValueError):
        known = []
    others = [about for about in known if _between(about) != devices]
    new = {**devices._asdict(), "measured": _MEASURED.dump_python(measured, mode="json")}
    try:
        new_folder(path.parent)
    except OSError as error:
        raise OutputError(
            f"{path.parent} cannot be made: {error.strerror}",
            "Set XDG_STATE_HOME to a folder that you may write to.",
        ) from None
    # In ASCII: what others have put into the file may be half a character.
    write_atomically(path, json.dumps([*others, new], indent=2).encode())


def _read(path: Path) -> list[dict[str, Any]]:
    """Raises `OSError`, or `ValueError` where it is not a list of objects in JSON."""
    try:
        known = json.loads(path.read_bytes())
    except RecursionError:
        raise ValueError("brackets without end") from None
    if not (isinstance(known, list) and all(isinstance(about, dict) for about in known)):
        raise ValueError("it is not a list of measurements")
    return known


def _understood(about: Any) -> Measured | None:
    """The measurement, if it is one that can have been made."""
    try:
        measured = _MEASURED.validate_python(about)
    except ValidationError:
        return None
    return measured if -EARLY_MS <= measured.echo.delay_ms <= LATEST_MS else None


def _between(about: Mapping[str, Any]) -> tuple[str, str]:
    """The devices, also of a file in which their names have numbers."""
    microphone, loudspeaker = about.get("microphone"), about.get("loudspeaker")
    return plain_name(str(microphone)), plain_name(str(loudspeaker))
