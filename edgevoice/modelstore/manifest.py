"""Which models are recommended for which board: reads manifest.yaml, and trusts none of it."""

from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from edgevoice.errors import ConfigError, ModelError, one_line
from edgevoice.yaml_text import PYTHON_ERRORS, load, read_text

MANIFEST = Path(__file__).with_name("manifest.yaml")
"""The list that comes with edgevoice."""


def _stays_below(path: str) -> str:
    parts = path.split("/")
    if any(part.startswith(".") or not part for part in parts):
        raise ValueError("is not a plain path below its folder")
    return path


Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""A model's or a file's name: letters, digits, dots and dashes."""

Below = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_.+-]+(/[A-Za-z0-9_.+-]+)*$", max_length=200),
    AfterValidator(_stays_below),
]
"""A path that cannot leave its folder: relative, nothing hidden, no `..`."""

Repository = Annotated[str, StringConstraints(pattern=r"^[\w-][\w.-]*/[\w-][\w.-]*$")]
Revision = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.-]{0,99}$")]


class Checked(BaseModel):
    """What was read from outside: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Model(Checked):
    """One recommended model."""

    part: Literal["speech", "chat", "voice", "turn"]
    """What it does in a conversation."""
    folder: Below
    """Where it lies, below the folder of all models."""
    repository: Repository | None = None
    """Where the hub has it; nothing: it comes with edgevoice."""
    revision: Revision = "main"
    """The branch or commit to fetch when nothing is locked yet."""
    files: tuple[Below, ...] = Field(min_length=1)
    """The files of the repository; here they lie side by side, without their folders."""
    licence: str
    size_mb: int = Field(gt=0)
    """Roughly how much is fetched."""
    ram_mb: int = Field(gt=0)
    """An estimate of the memory that it needs."""
    expect: str = ""
    """How quick it is where somebody has told, or by arithmetic: an estimate."""

    def settings(self, store: Path) -> dict[str, dict[str, str]]:
        """The sections of config.yaml that name it, as it lies in `store`."""
        folder, main = store / self.folder, store / self.folder / local_name(self.files[0])
        match self.part:
            case "speech":
                return {"stt": {"model": str(folder)}}
            case "chat":
                return {"llm": {"model": str(main)}}
            case "voice":
                return {"tts": {"engine": "piper", "voice": str(main)}}
            case "turn":
                return {"turn": {"model": str(main)}}

    @model_validator(mode="after")
    def _no_file_lands_on_another(self) -> Self:
        if len({local_name(file) for file in self.files}) < len(self.files):
            raise ValueError("two files have the same name")
        return self


class Manifest(Checked):
    """All recommended models, and which of them go onto which board."""

    boards: dict[Name, tuple[Name, ...]]
    models: dict[Name, Model]

    @model_validator(mode="after")
    def _boards_name_models(self) -> Self:
        unknown = {name for names in self.boards.values() for name in names} - {*self.models}
        if unknown:
            raise ValueError(f"{min(unknown)} is recommended, but not among the models")
        return self

    def chosen(self, names: list[str]) -> dict[str, Model]:
        """The models that `names` (of models or boards) stand for; raises `ConfigError`."""
        wanted: dict[str, Model] = {}
        for name in names:
            members = self.boards.get(name, (name,))
            if not {*members} <= {*self.models}:
                known = ", ".join([*self.boards, *self.models])
                raise ConfigError(f"{name!r} is no model and no board", f"Known: {known}.")
            wanted |= {member: self.models[member] for member in members}
        return wanted


def local_name(file: str) -> str:
    """The name that the repository's `file` has in the model's own folder."""
    return PurePosixPath(file).name


def load_manifest(path: Path = MANIFEST) -> Manifest:
    """Read a manifest; raises `ModelError`, one line that says what is wrong in it."""
    cure = "Repair it, or install edgevoice again."
    try:
        return Manifest.model_validate(load(read_text(path)))
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})", cure) from None
    except ValidationError as error:
        raise ModelError(f"{path}: {first_fault(error)}", cure) from None
    except (yaml.YAMLError, *PYTHON_ERRORS):
        raise ModelError(f"{path}: is not a manifest in YAML", cure) from None


def first_fault(error: ValidationError) -> str:
    """The first thing that is wrong, with its place, short enough for one line."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return one_line(f"{place[:80]} {first['msg'][:120]}")
