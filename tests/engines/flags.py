"""Stop flags that change their mind at a moment that a test chooses."""


class StopAfter:
    """Is set from the moment on when it has been looked at `looks` times."""

    def __init__(self, looks: int) -> None:
        self.looks_left = looks

    def is_set(self) -> bool:
        self.looks_left -= 1
        return self.looks_left < 0
