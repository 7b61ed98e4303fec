"""What is done already: a stamp vouches for a step while what it was made from is the same.

Stamps lie inside the virtual environment, so that they vanish together with what they vouch for.
"""

import hashlib
import json
from pathlib import Path


def digest(*parts: object) -> str:
    """A short name for `parts` (anything that JSON can hold); other parts, another name."""
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Stamps:
    """A folder of small files, `step` → what the step was last done for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def known(self, step: str) -> bool:
        """Whether `step` was ever done here."""
        return (self._folder / step).exists()

    def vouch(self, step: str, value: str) -> bool:
        """Whether `step` was done for `value`, and to the end."""
        try:
            return (self._folder / step).read_text().strip() == value
        except OSError:
            return False

    def set(self, step: str, value: str) -> None:
        """Note that `step` is done for `value`; all or nothing, even if the power fails."""
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f".{step}"
        draft.write_text(value + "\n")
        draft.replace(self._folder / step)

    def clear(self, step: str) -> None:
        """Forget that `step` was done: it is about to be done anew."""
        (self._folder / step).unlink(missing_ok=True)
