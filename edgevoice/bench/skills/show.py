"""How well tools are used, in plain words, for a terminal."""

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from edgevoice.bench.skills import figures
from edgevoice.bench.skills.decisions import Decided
from edgevoice.bench.skills.figures import Share
from edgevoice.bench.skills.run import Skills
from edgevoice.bench.skills.spoken import Spoken


def report(skills: Skills) -> RenderableType:
    """What was right, by what was tried, by tool and by who answered."""
    parts: list[RenderableType] = [_head(skills)]
    if skills.notice:
        parts.append(Text(skills.notice, "yellow"))
    parts += [_shares(skills), _tools(skills), _routes(skills), _decisions(skills.decided)]
    if skills.spoken:
        parts.append(_spoken(skills.spoken))
    wrong = [each for each in skills.decided if not each.right]
    parts += [Text(f"Decided wrongly: {_told(each)}", "red") for each in wrong]
    parts += [Text(f"Claimed, but not done: {claim}", "red") for claim in skills.claims]
    return Group(*parts)


def _head(skills: Skills) -> Text:
    overall = figures.share(skills.tried)
    return Text(f"{overall.right} of {overall.n} requests were done as they should be", "bold")


def _shares(skills: Skills) -> Table:
    table = _table("what was asked for", "right", "")
    for name, each in figures.by_kind(skills.tried).items():
        table.add_row(Text(name), *_cells(each))
    return table


def _tools(skills: Skills) -> Table:
    """Only those that are not always right: nobody wants to read thirty times that all is well."""
    every = figures.by_tool(skills.tried)
    table = _table("tool", "right", "")
    for name, each in every.items():
        if each.right < each.n:
            table.add_row(Text(name), *_cells(each))
    perfect = sum(each.right == each.n for each in every.values())
    table.add_row(Text(f"{perfect} others" if perfect < len(every) else "every tool"), "100%", "")
    return table


def _routes(skills: Skills) -> Table:
    table = _table("who answered", "right", "", "median", "95%")
    times = figures.latencies(skills.tried)
    for name, each in figures.by_route(skills.tried).items():
        spread = times.get(name)
        cells = (f"{spread.p50:.1f} ms", f"{spread.p95:.1f} ms") if spread else ("", "")
        table.add_row(Text(name), *_cells(each), *cells)
    return table


def _decisions(decided: Sequence[Decided]) -> Table:
    table = _table("what fails, and who then answers", "right", "")
    for name, each in figures.by_decider(decided).items():
        table.add_row(Text(name), *_cells(each))
    return table


def _told(decided: Decided) -> str:
    case = decided.case
    return f"{case.of}, {case.name}: {decided.found}, not {case.expected}"


def _spoken(spoken: Spoken) -> Table:
    table = _table("spoken requests", "right", "")
    table.add_row("every word was understood", *_cells(spoken.heard))
    table.add_row("done as they should be", *_cells(spoken.right))
    table.add_row("… of those whose words were understood", *_cells(spoken.right_if_heard))
    return table


def _cells(share: Share) -> tuple[str, str]:
    percent = "" if share.percent is None else f"{share.percent:.1f}%"
    return percent, f"{share.right} of {share.n}"


def _table(first: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column(first, min_width=30)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table
