"""Whether what is printed goes to the journal."""

import os
from pathlib import Path

from edgevoice.privacy.journal import kept_by_journal


def test_only_the_stream_that_systemd_names_is_the_journal(tmp_path: Path) -> None:
    with (tmp_path / "stream").open("w") as stream, (tmp_path / "other").open("w") as other:
        named = os.fstat(stream.fileno())
        environment = {"JOURNAL_STREAM": f"{named.st_dev}:{named.st_ino}"}
        assert kept_by_journal(stream.fileno(), environment)
        assert not kept_by_journal(other.fileno(), environment)
        for value in ("", "nonsense", "1", "1:2:3"):
            assert not kept_by_journal(stream.fileno(), {"JOURNAL_STREAM": value})
        descriptor = stream.fileno()
    assert not kept_by_journal(descriptor, environment)
