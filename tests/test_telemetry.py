"""What our engines bring with them must not report to anybody."""

import os
import subprocess
import sys
from pathlib import Path

LISTENS = """
import numpy
from edgevoice.config import Config
from edgevoice.engines.loading import load_vad
load_vad(Config().vad)(numpy.zeros(512, numpy.int16))
"""


def test_onnxruntime_leaves_no_reports(tmp_path: Path) -> None:
    homes = {name: str(tmp_path) for name in ("HOME", "XDG_CACHE_HOME", "TMPDIR")}
    known = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    subprocess.run(
        [sys.executable, "-B", "-c", LISTENS], env={**known, **homes}, check=True, timeout=60
    )
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
