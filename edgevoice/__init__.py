"""edgevoice: a voice agent that lives on a single-board computer."""

import os

__version__ = "0.1.0"

# From 1.29 on, onnxruntime for Linux keeps a device's id and a queue of events on the disk, and
# sends them to its maker, unless this is set when it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
