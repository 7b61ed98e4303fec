"""What a skill expects of a place where it keeps things."""

from typing import Any, Protocol


class Documents(Protocol):
    """Keeps JSON by name, as a `Storage` does. Each may raise `OutputError`."""

    def load(self, name: str) -> Any:
        """What is kept under `name`; None: nothing is."""
        ...

    def save(self, name: str, document: Any) -> None:
        """Keep `document`, in the place of what was kept before."""
        ...

    def remove(self, name: str) -> None:
        """Keep nothing under `name` any more."""
        ...
