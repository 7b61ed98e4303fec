"""Whether what we print is kept by the system's journal."""

import os
from collections.abc import Mapping


def kept_by_journal(descriptor: int, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether `descriptor` leads to the journal.

    systemd tells a service the device and the inode of that stream in $JOURNAL_STREAM; programs
    that it starts inherit the variable, but may have another output.
    """
    try:
        device, inode = map(int, environment.get("JOURNAL_STREAM", "").split(":"))
        stream = os.fstat(descriptor)
    except (ValueError, OSError):
        return False
    return (stream.st_dev, stream.st_ino) == (device, inode)
