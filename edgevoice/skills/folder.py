"""The user's own tools: every Python file of a folder, and the functions in it marked `@tool`.

A file is run as it is, with all the rights that we have. So nobody but root and ourselves may be
able to change it, or to put another one beside it. Files whose names begin with an underscore are
not looked at; the others may import from them (`from ._common import …`).
"""

import hashlib
import importlib.util
import logging
import os
import stat
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from edgevoice.errors import ConfigError
from edgevoice.skills.tool import Tool

CODE = frozenset({".py", ".pyc", ".so"})
"""What ends so may be run."""
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH

log = logging.getLogger(__name__)


def load_folder(folder: Path) -> list[Tool]:
    """The tools in `folder`, by the names of their files, in the order in which they stand there.

    Raises `ConfigError`, which names the file, the line and the cause.
    """
    folder = Path(os.path.realpath(folder))
    if not folder.is_dir():
        raise ConfigError(
            f"tools.folder: {folder} is no folder", "Make it, or leave the setting empty."
        )
    for path in (folder, *folder.rglob("*")):
        if path.is_dir() or (path.suffix in CODE and path.is_file()):
            _ours_alone(path)
    package = _package(folder)
    tools: dict[int, Tool] = {}
    for file in sorted(folder.glob("[!_.]*.py")):
        found = [each for each in vars(_run(file, package)).values() if isinstance(each, Tool)]
        if not found:
            log.warning("%s holds no tool: no function in it is marked @tool", file)
        for tool in found:  # another file may have imported it: it is one tool all the same
            tools.setdefault(id(tool), replace(tool, source=file.name))
    return list(tools.values())


def _ours_alone(path: Path) -> None:
    """Raises `ConfigError` where somebody else could change what is at `path`, or where it leads
    to."""
    real = path.resolve()
    for place in (real, real.parent) if path.is_symlink() else (path,):
        try:
            about = place.stat()
        except OSError as error:
            raise ConfigError(
                f"{place}: cannot be read ({error.strerror})", "Check who may read it."
            ) from None
        if about.st_uid not in (0, os.geteuid()):
            raise ConfigError(
                f"{place}: belongs to somebody else, who could have anything done in our name",
                f"Look at it, then run: chown {os.geteuid()} {place}.",
            )
        if about.st_mode & OTHERS_WRITE:
            raise ConfigError(
                f"{place}: others may write to it, and have anything done in our name",
                f"Look at it, then run: chmod go-w {place}.",
            )


def _package(folder: Path) -> str:
    """The package that the files belong to. Its name is nobody else's."""
    name = f"edgevoice_tools_{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"
    for old in [key for key in sys.modules if key.partition(".")[0] == name]:
        del sys.modules[old]
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package
    return name


def _run(file: Path, package: str) -> ModuleType:
    name = f"{package}.{file.stem.replace('.', '_')}"
    if name in sys.modules:
        return sys.modules[name]  # another file has imported it
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec and spec.loader  # it is a .py file
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        words = error.msg if isinstance(error, SyntaxError) else str(error)
        kind = type(error).__name__
        raise ConfigError(
            f"{file}{_line(error, file)}: {kind}: {words}",
            f"Mend it, or call it _{file.name} to leave it out.",
        ) from None
    return module


def _line(error: BaseException, file: Path) -> str:
    """The last line of `file` on the way to `error`."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return f", line {error.lineno}"
    steps = traceback.extract_tb(error.__traceback__)
    lines = [step.lineno for step in steps if step.filename == str(file)]
    return f", line {lines[-1]}" if lines else ""
