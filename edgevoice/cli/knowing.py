"""`knowledge`: the documents that answers are taken from."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from edgevoice.cli.console import ConfigOption, JsonOption, console, errors, print_json, settings
from edgevoice.config import KnowledgeConfig
from edgevoice.errors import ConfigError

knowledge = typer.Typer(
    help="Answers from documents of your own: what is known, and how well it fits.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@knowledge.command()
def index(
    anew: Annotated[bool, typer.Option("--anew", help="Read every document again.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the documents that are new or changed. One that is running uses them from then on."""
    from edgevoice.skills.knowledge.index import refresh
    from edgevoice.skills.knowledge.knowledge import index_path

    chosen = settings(config).knowledge
    path = index_path(chosen)
    with _Bar() as bar:
        done = refresh(_folder(chosen), path, bar.told, anew=anew)
    if as_json:
        print_json(
            {
                "read": done.read,
                "unchanged": done.unchanged,
                "gone": done.gone,
                "passages": done.passages,
                "skipped": done.troubles,
            }
        )
        return
    for name, trouble in done.troubles.items():
        errors.print(f"[yellow]![/] {escape(name)} {escape(trouble)}", soft_wrap=True)
    counts = f"{done.read} read, {done.unchanged} unchanged, {done.gone} gone"
    console.print(f"{counts}: {_passages(done.passages)} in {path}", markup=False, soft_wrap=True)


@knowledge.command()
def ask(
    question: Annotated[str, typer.Argument(help="As one would say it.", show_default=False)],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show which passage fits a question best, how well, and what would be said."""
    from edgevoice.skills.knowledge.knowledge import Knowledge, index_path

    chosen = settings(config).knowledge
    _folder(chosen)
    path = index_path(chosen)
    if not path.exists():
        raise ConfigError(f"{path}: there is no index yet", "Run `edgevoice knowledge index`.")
    documents = Knowledge(path, chosen.min_fit)
    found, answer = documents.extract(question), documents.answer(question)
    documents.close()
    if as_json:
        best = found and {"title": found.title, "passage": found.passage, "fit": found.fit}
        print_json({"best": best, "answer": answer})
        return
    if found:
        console.print(f"[bold]{escape(found.title)}[/]  fit {found.fit:.2f}")
        console.print(f"[dim]{escape(found.passage)}[/]", soft_wrap=True)
    else:
        console.print("No passage has a telling word of the question.")
    said = escape(answer) or "[dim]nothing: the language model would answer[/]"
    console.print(f"◆ {said}", soft_wrap=True)


def _passages(count: int) -> str:
    return "1 passage" if count == 1 else f"{count} passages"


def _folder(chosen: KnowledgeConfig) -> Path:
    if chosen.folder is None:
        raise ConfigError(
            "knowledge.folder is empty", "Name the folder of your documents in config.yaml."
        )
    return chosen.folder


class _Bar(Progress):
    """A bar for all documents, on a terminal."""

    def __init__(self) -> None:
        super().__init__(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            console=errors,
            transient=True,
            disable=not errors.is_terminal,
        )
        self._bar = self.add_task("", total=None)

    def told(self, done: int, total: int, name: str) -> None:
        self.update(self._bar, completed=done, total=total, description=escape(name))
