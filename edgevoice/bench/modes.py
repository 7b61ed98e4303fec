"""Ways to run a conversation: as configured, one thing after the other, and what lies between."""

from collections.abc import Mapping
from typing import Any

from edgevoice.config import Config

Settings = Mapping[str, Any]
"""`section.key` → value."""

ALIKE: Settings = {"vad.endpointing": "fixed"}
"""What two modes have in common that are compared: the same silence is the end of a turn."""

SERIAL: Settings = {
    **ALIKE,
    "vad.soft_end_ms": 5000,  # later than any endpoint: off
    "stt.partial_interval_ms": 0,
    "llm.listen_along": False,
    "reply.drafts": 0,
    "reply.cue_after_ms": 0,  # a reply would have to wait for the end of the tone
}
"""Wait for silence, then transcribe, then think, then speak: as most local agents do."""


def with_settings(config: Config, settings: Settings) -> Config:
    """`config` with other `settings`; raises pydantic's `ValidationError` for impossible ones."""
    tree = config.model_dump()
    for name, value in settings.items():
        section, _, key = name.partition(".")
        tree[section][key] = value
    return Config.model_validate(tree)
