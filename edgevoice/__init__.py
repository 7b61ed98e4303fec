"""edgevoice: a voice agent that lives on a single-board computer."""

import os

__version__ = "0.1.0"

# From 1.29 on, onnxruntime for Linux keeps a device's id and a queue of events on the disk, and
# sends them to its maker, unless this is set when it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# The model hub's client reads this when it is imported: no library of ours may look for a model on
# the network. `edgevoice models pull` asks the hub, and says so.
os.environ["HF_HUB_OFFLINE"] = "1"
