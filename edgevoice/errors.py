"""Every error that edgevoice raises on purpose, and what each one costs.

    EdgevoiceError              something a person can act on: one line, no traceback
    ├── BadInputError                what we were given cannot be used            exit code 2
    │   ├── ConfigError         config.yaml, the environment, an option
    │   ├── ModelError          a model file is missing, truncated or not what it says
    │   ├── AudioFileError      a sound file is missing, empty or no sound file
    │   ├── DeviceError         no such microphone or loudspeaker, or it went away
    │   └── OutputError         a place that we were told to write to cannot be written
    ├── UnfitError              nothing that the settings name can be run here  exit code 3
    ├── HubError                the model hub cannot be reached, or refuses   exit code 1
    └── EngineError             an engine failed while it worked             exit code 1

Each one says what is wrong and what to do next, so that its text can be shown as it is.
"""


class EdgevoiceError(Exception):
    """What went wrong, and the cure.

    `what` names the thing and the cause, without a full stop; `cure` is a sentence that tells
    the reader what to do next.
    """

    exit_code = 1

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what, cure)
        self.what = printable(one_line(what))
        self.cure = printable(one_line(cure))

    def __str__(self) -> str:
        return f"{self.what}. {self.cure}"


class BadInputError(EdgevoiceError):
    """What we were given cannot be used; nothing was changed."""

    exit_code = 2


class ConfigError(BadInputError):
    """A setting is unknown, of the wrong type or impossible."""


class ModelError(BadInputError):
    """A model's files are missing, truncated, or not what they should be."""


class AudioFileError(BadInputError):
    """A sound file is missing, empty, or not a sound file that we can read."""


class DeviceError(BadInputError):
    """A microphone or loudspeaker is not there, cannot be opened, or has vanished."""


class OutputError(BadInputError):
    """A file or folder that we were asked to write cannot be written."""


class UnfitError(EdgevoiceError):
    """No profile can be run on this machine as it is now; nothing was opened."""

    exit_code = 3


class HubError(EdgevoiceError):
    """The model hub cannot be reached, or does not give us what we ask for."""


class EngineError(EdgevoiceError):
    """An engine failed while it worked; the conversation can go on without this reply."""


def printable(text: str) -> str:
    """`text` with a mark for every character that would not show, but do something: the names in
    it are not ours, and a terminal obeys some characters."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in text)


def one_line(text: str) -> str:
    """`text` with all white space, line ends included, folded to single spaces."""
    return " ".join(text.split())
