"""edgevoice: a voice agent that lives on a single-board computer."""

__version__ = "0.1.0"
