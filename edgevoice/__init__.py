"""edgevoice: a voice agent that lives on a single-board computer."""

import os

__version__ = "0.1.0"

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
"""onnxruntime from 1.29 on keeps a device's id and a queue of events on the disk, and sends them to
its maker. It looks for this variable when it is imported, so it has to be set before that."""
