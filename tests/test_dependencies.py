"""Everything that the package imports is named in pyproject.toml."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]


def imported(source: str) -> Iterator[str]:
    """The packages that `source` imports, anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def named(requirements: list[str]) -> set[str]:
    """Distributions, as their names are compared."""
    found = (re.match(r"[\w.-]+", each) for each in requirements)
    return {re.sub(r"[-_.]+", "-", name[0]).lower() for name in found if name}


def test_every_import_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    optional = [need for name, needs in extras.items() if name != "dev" for need in needs]
    declared = named([*project["dependencies"], *optional])
    known = metadata.packages_distributions()
    for path in (ROOT / "edgevoice").rglob("*.py"):
        for name in {*imported(path.read_text(encoding="utf-8"))} - {"edgevoice"}:
            if name not in sys.stdlib_module_names:
                carriers = named(known.get(name, [name.replace("_", "-")]))
                assert carriers & declared, f"{path.relative_to(ROOT)} imports {name}"
