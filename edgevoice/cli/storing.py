"""`models`: what is recommended, fetching it, knowing that it is unchanged, carrying it along."""

import os
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
import yaml
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from edgevoice.cli.console import JsonOption, console, errors, print_json
from edgevoice.config import HOME, Config, load_config
from edgevoice.errors import ConfigError, ModelError
from edgevoice.modelstore.lock import Lock, LockedModel, lock_present, read_lock
from edgevoice.modelstore.manifest import load_manifest
from edgevoice.modelstore.verify import is_whole, verify

FolderOption = Annotated[
    Path,
    typer.Option("--folder", help="Where the models and models.lock lie.", show_default=False),
]
NamesArgument = Annotated[
    list[str],
    typer.Argument(help="Models or boards: see `edgevoice models list`.", show_default=False),
]
OptionalNames = Annotated[
    list[str] | None, typer.Argument(help="Models; without any, all that are locked.")
]
STORE = HOME / "models"

models = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")


@models.callback()
def _models() -> None:
    """Fetch, check and carry along the models. `pull` alone reaches out to the network."""


@models.command("list")
def list_models(folder: FolderOption = STORE, as_json: JsonOption = False) -> None:
    """List the recommended models, for which boards they are, and which are here."""
    manifest, lock = load_manifest(), read_lock(folder)
    rows = []
    for name, model in manifest.models.items():
        boards = [board for board, names in manifest.boards.items() if name in names]
        locked = lock.models.get(name)
        about = model.model_dump(mode="json")
        state = "" if locked is None else "yes" if is_whole(folder, name, locked) else "damaged"
        rows.append({"name": name, "boards": boards, "here": state, **about})
    if as_json:
        print_json(rows)
        return
    table = Table("Model", "Part", "Boards", "≈ MB", "≈ RAM", "Licence", "Locked", box=None)
    for row in rows:
        size, ram = str(row["size_mb"]), str(row["ram_mb"])
        boards_, licence = " ".join(row["boards"]), row["licence"]
        table.add_row(row["name"], row["part"], boards_, size, ram, licence, row["here"])
    console.print(table)
    for row in rows:
        if row["expect"]:
            console.print(f"[dim]{row['name']}: {escape(row['expect'])}[/]", soft_wrap=True)
    console.print(
        "[dim]Sizes are rounded; RAM and speed are estimates. How quick it is here: "
        "edgevoice bench[/]",
        soft_wrap=True,
    )


@models.command()
def pull(
    names: NamesArgument,
    update: Annotated[
        bool, typer.Option("--update", help="Take what is newest, not what is locked.")
    ] = False,
    folder: FolderOption = STORE,
) -> None:
    """Fetch models, check them against what the hub states, and lock them.

    What is here already is not asked for; what broke off goes on where it stopped.
    """
    endpoint = _endpoint()  # before huggingface_hub, which reads it too, and raises for a bad one
    from edgevoice.modelstore.fetch import pull as fetch

    chosen = load_manifest().chosen(names)
    for name, model in chosen.items():
        if model.repository is None:
            console.print(f"{name} comes with edgevoice: nothing to fetch")
            continue
        with _Bars() as bars:
            new = fetch(folder, name, model, update=update, endpoint=endpoint, told=bars.told)
        place = escape(str(folder / model.folder))
        console.print(f"{name} {'fetched and locked' if new else 'is here and unchanged'}: {place}")
    console.print("[dim]They are used once config.yaml names them:[/]")
    settings = {
        section: value
        for model in chosen.values()
        for section, value in model.settings(folder).items()
    }
    console.print(escape(yaml.safe_dump(settings, sort_keys=False).rstrip()), soft_wrap=True)


@models.command("verify")
def verify_models(
    names: OptionalNames = None,
    full: Annotated[
        bool, typer.Option("--full", help="Hash every file, even where size and time agree.")
    ] = False,
    folder: FolderOption = STORE,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", "-c", help="Only those that these settings name, as far as they are locked."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check that the models here are what was locked; needs no network.

    Ends with code 2 when one is not, or when nothing is locked (with --config, that is no fault).
    """
    if config is None:
        locked = _locked(folder, read_lock(folder), names)
    else:
        used = used_by(load_config(config))
        locked = {
            name: model
            for name, model in read_lock(folder).models.items()
            if any(path.is_relative_to((folder / model.folder).resolve()) for path in used)
        }
    verdicts = list(verify(folder, locked, full=full))
    if as_json:
        print_json([{"model": v.model, "path": str(v.path), "state": v.state} for v in verdicts])
    bad = [verdict for verdict in verdicts if verdict.state != "same"]
    if bad:
        first = bad[0]
        more = f" (and {len(bad) - 1} more)" if bad[1:] else ""
        raise ModelError(
            f"{first.path} is {first.state}{more}",
            f"Run `edgevoice models pull {first.model}`, or import it again.",
        )
    if not verdicts and not as_json:
        console.print("None of the models in use is locked: there is nothing to compare with")
    elif not as_json:
        how = "by SHA-256" if full else "by size and time"
        console.print(f"{len(locked)} models, {len(verdicts)} files: unchanged, {how}")


@models.command()
def lock(
    names: NamesArgument,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Accept what lies here though it was locked otherwise."),
    ] = False,
    folder: FolderOption = STORE,
) -> None:
    """Lock models that were put here by hand, as they lie here; nothing is fetched."""
    for name, model in load_manifest().chosen(names).items():
        locked = lock_present(folder, name, model, replace=replace)
        console.print(f"{name} locked: {len(locked.files)} files")


@models.command()
def export(
    file: Annotated[Path, typer.Argument(help="The bundle to write, as models.tar.")],
    names: OptionalNames = None,
    folder: FolderOption = STORE,
) -> None:
    """Write locked models into one file, for a machine without a network."""
    from edgevoice.modelstore.bundle import export as write

    chosen = _locked(folder, read_lock(folder), names)
    sha256 = write(folder, chosen, file)
    console.print(f"{', '.join(chosen)} written to {escape(str(file))}", soft_wrap=True)
    console.print(f"SHA-256 {sha256}", soft_wrap=True)


@models.command("import")
def import_bundle(
    file: Annotated[Path, typer.Argument(help="A bundle that `export` wrote.")],
    sha256: Annotated[
        str | None, typer.Option("--sha256", help="What `export` said; anything else is refused.")
    ] = None,
    folder: FolderOption = STORE,
) -> None:
    """Take models from a bundle: all of it is checked before anything is replaced."""
    from edgevoice.modelstore.bundle import bring_in

    taken = bring_in(folder, file, sha256=sha256)
    console.print(f"{', '.join(taken)} imported and locked", soft_wrap=True)


def used_by(config: Config) -> list[Path]:
    """The models that `config` names: files and folders."""
    paths = [config.stt.model, *config.llm.files, config.turn.model, Path(config.tts.voice)]
    return [path.resolve() for path in paths]


def _endpoint() -> str | None:
    """The hub that HF_ENDPOINT names; None: the usual one."""
    address = os.environ.get("HF_ENDPOINT", "").rstrip("/")
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if address and not usable:
        raise ConfigError(
            f"HF_ENDPOINT is {address!r}, which is no address of a hub",
            "Write it as https://huggingface.co, or unset it.",
        )
    return address or None


def _locked(folder: Path, known: Lock, names: list[str] | None) -> dict[str, LockedModel]:
    """The locked models that `names` name; all of them where there are none."""
    if not known.models:
        raise ModelError(
            f"no model is locked in {folder}", "Run `edgevoice models pull` or `lock` first."
        )
    for name in names or ():
        if name not in known.models:
            here = ", ".join(known.models)
            raise ConfigError(f"{name!r} is not locked in {folder}", f"Locked: {here}.")
    return {name: known.models[name] for name in names or known.models}


class _Bars(Progress):
    """A bar for every file that comes, on a terminal."""

    def __init__(self) -> None:
        columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn()
        super().__init__(
            *columns,
            TransferSpeedColumn(),
            console=errors,
            transient=True,
            disable=not errors.is_terminal,
        )
        self._bars: dict[str, TaskID] = {}

    def told(self, file: str, done: int, total: int) -> None:
        if file not in self._bars:
            self._bars[file] = self.add_task(escape(file), total=total)
        self.update(self._bars[file], completed=done)
