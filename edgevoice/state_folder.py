"""Where we keep what must outlive us: echoes that were measured, starts, audit log, transcripts."""

import os
from collections.abc import Mapping
from pathlib import Path


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """A service's $STATE_DIRECTORY, else a folder of ours among the person's own state.

    It need not be there.
    """
    # systemd lists several directories with colons between them.
    if service := environment.get("STATE_DIRECTORY", "").partition(":")[0]:
        return Path(service)
    state = environment.get("XDG_STATE_HOME") or ""
    if not Path(state).is_absolute():  # the XDG rules: a relative one counts as none
        state = str(Path(environment.get("HOME") or "/") / ".local/state")
    return Path(state) / "edgevoice"
