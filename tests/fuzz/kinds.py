"""Every kind of input: importing this imports them all."""

from tests.fuzz import (  # noqa: F401 — each adds its properties
    control_socket,
    models,
    service_manager,
    settings_file,
    sound_file,
    sound_link,
    state_files,
    words_file,
)
from tests.fuzz.promise import PROPERTIES

__all__ = ["PROPERTIES"]
