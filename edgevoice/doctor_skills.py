"""Does everything that the assistant can do besides talking have what it needs?

Nothing is done: no tool is used and nobody is called. Servers of tools are started, or connected
to, and asked what they have. Where `privacy.network` is offline, nothing looks for a network.
"""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from edgevoice.config import Config, HandoverConfig, KnowledgeConfig, McpConfig, PersonConfig
from edgevoice.dialog.calls import ToolSpec
from edgevoice.doctor import Check
from edgevoice.errors import ConfigError, EdgevoiceError
from edgevoice.offer_trial import Offered, try_offer
from edgevoice.skills.builtin.handover import check_handover
from edgevoice.skills.builtin.household import duration_words
from edgevoice.skills.facts import open_memory
from edgevoice.skills.intents import load_intents
from edgevoice.skills.knowledge.index import IndexBrokenError, about, is_fresh
from edgevoice.skills.knowledge.knowledge import index_path
from edgevoice.skills.looking import look_at_tools
from edgevoice.skills.mcp import tool_name
from edgevoice.skills.sip import Address
from edgevoice.skills.storage import Storage, open_storage, storage_folder
from edgevoice.skills.tool import BUILT_IN, Tool

SERVERS_S = 10.0
"""For so long servers of tools may take to answer, all of them together."""
AWAY = "is not there"
"""What the log says of a server that does not answer."""
RESOLVE_S = 3.0
"""For so long a name's address is looked for."""

Resolve = Callable[[str], bool]
"""Whether a host has an address; may ask the network."""
Trial = Callable[[Config, Sequence[ToolSpec]], Offered | None]


def skill_checks(config: Config, trial: Trial = try_offer) -> Iterator[Check]:
    """All checks, one by one as they are done."""
    tools: Sequence[Tool] = ()
    try:
        with _listening(config.tools.mcp) as said:
            tools = look_at_tools(config, SERVERS_S)
    except ConfigError as error:
        yield Check("tools", "fail", error.what, error.cure)
    else:
        yield check_tools(tools)
        for server in config.tools.mcp:
            yield check_server(server, tools, said.get(server.name, ()))
        yield check_offer(trial(config, [tool.spec for tool in tools]), len(tools))
    yield check_intents(config, [tool.name for tool in tools])
    yield check_documents(config.knowledge)
    storage = None
    try:
        storage = open_storage(config.storage)
        yield check_storage(config, storage)
    except ConfigError as error:
        yield _refused_storage(config, error)
    yield check_memory(config, storage)
    yield from check_people(config)


def check_tools(tools: Sequence[Tool]) -> Check:
    """How many there are, and where they are from."""
    sources = [tool.source for tool in tools]
    counts = {source: sources.count(source) for source in dict.fromkeys([BUILT_IN, *sources])}
    told = ", ".join(f"{count} from {source}" for source, count in counts.items())
    return Check("tools", "ok", told.replace(f"from {BUILT_IN}", BUILT_IN))


def check_server(server: McpConfig, tools: Sequence[Tool], said: Sequence[str]) -> Check:
    """Whether a server of tools answers, and has those that are allowed. `said`: what the log would
    have had of it."""
    name = f"MCP: {server.name}"
    wanted = {tool_name(server.name, tool) for tool in server.allow}
    there = [tool.name for tool in tools if tool.name in wanted]
    told = f"answers, {len(there)} of {len(wanted)} tools"
    if there and not said:
        return Check(name, "ok", told)
    if there or (said and not any(AWAY in line for line in said)):
        cure = "Name its tools in tools.mcp: allow, as it calls them."
        return Check(name, "warn", f"{told}: {'; '.join(said)}", cure)
    what = "; ".join(said) or f"does not answer within {SERVERS_S:.0f} s"
    where = f"Look whether {server.url or server.command[0]} can be reached"
    return Check(name, "warn", what, f"{where}; its tools join the others as soon as it answers.")


@contextmanager
def _listening(servers: Sequence[McpConfig]) -> Iterator[Mapping[str, list[str]]]:
    """What the log is told of `servers` meanwhile, by their names, in the place of the log."""
    said: dict[str, list[str]] = {server.name: [] for server in servers}

    def take(record: logging.LogRecord) -> bool:
        about = str(record.args[0]) if isinstance(record.args, tuple) and record.args else ""
        for name, lines in said.items():
            if record.levelno >= logging.WARNING and about.partition("_")[0] == name:
                lines.append(record.getMessage())
                return False
        return True

    logs = [logging.getLogger(f"edgevoice.skills.{name}") for name in ("mcp", "mcp_link")]
    for log in logs:
        log.addFilter(take)
    try:
        yield said
    finally:
        for log in logs:
            log.removeFilter(take)


def check_offer(offered: Offered | None, tools: int) -> Check:
    """Whether the language model knows of the tools."""
    name = "llm: tools"
    if offered is None:
        cure = "See what is said of the language model above."
        return Check(name, "warn", "nobody can tell, as it does not load", cure)
    if tools and offered.fits and not offered.tokens:
        cure = "Choose an llm.model whose chat template knows tools."
        what = "its chat template leaves tools out: only sentences of intents use them"
        return Check(name, "warn", what, cure)
    how = {
        True: "its chat template knows tools",
        False: "its chat template knows no tools, so the system prompt tells of them",
        None: "whether its chat template knows tools cannot be seen from here",
    }[offered.knows]
    told = f"{offered.fits} of {tools} fit, {offered.tokens} tokens; {how}"
    if offered.fits < tools:
        cure = "Raise llm.context_tokens, or name in tools.without what you do not need."
        return Check(name, "warn", told, f"{cure} Intents use them all.")
    if offered.knows is False:
        return Check(name, "warn", told, "A model whose template does will use them more reliably.")
    return Check(name, "ok", told)


def check_intents(config: Config, tools: Sequence[str]) -> Check:
    """Whether plain commands are understood without the language model."""
    if not config.intents.enabled:
        return Check("intents", "ok", "off: everything goes to the language model")
    try:
        load_intents(config.intents.file, tools)
    except ConfigError as error:
        return Check("intents", "fail", error.what, error.cure)
    return Check("intents", "ok", str(config.intents.file))


def check_documents(config: KnowledgeConfig) -> Check:
    """Whether the documents are there, and their index is up to date."""
    name = "documents"
    if config.folder is None:
        return Check(name, "ok", "none")
    if not config.folder.is_dir():
        what = f"{config.folder}: there is no such folder"
        return Check(name, "fail", what, "Set knowledge.folder, or leave it empty.")
    path = index_path(config)
    cure = "The next start reads what is new; or run `edgevoice knowledge index`."
    try:
        there, age_s = about(path), time.time() - path.stat().st_mtime
    except (IndexBrokenError, OSError):
        return Check(name, "warn", f"{path}: there is no index yet that can be used", cure)
    indexed = f"indexed {duration_words(age_s)} ago"
    told = f"{_many(there.unchanged, 'file')}, {_many(there.passages, 'passage')}, {indexed}"
    if not is_fresh(config.folder, path):
        return Check(name, "warn", f"{told}, and changed since", cure)
    if there.troubles:
        first, why = next(iter(there.troubles.items()))
        what = f"{told}; {len(there.troubles)} cannot be used: {first} {why}"
        return Check(name, "warn", what, "`edgevoice knowledge index` tells of all of them.")
    return Check(name, "ok", told)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def check_storage(config: Config, storage: Storage | None) -> Check:
    """Whether anything may be kept."""
    if storage is None:
        return Check("storage", "ok", "off: lists, notes and facts are not kept")
    folder = storage_folder(config.storage.folder)
    return Check("storage", "ok", f"on, and there is a key; in {folder}")


def _refused_storage(config: Config, error: ConfigError) -> Check:
    if config.storage.key_file:
        return Check("storage", "fail", error.what, error.cure)
    what = f"on, but {error.what}; a service's comes from systemd, and is not seen here"
    return Check("storage", "warn", what, error.cure)


def check_memory(config: Config, storage: Storage | None) -> Check:
    """Whether facts may be remembered."""
    if not config.memory.enabled:
        return Check("memory", "ok", "off: what it is told is forgotten with the conversation")
    if config.storage.enabled and storage is None:
        return Check("memory", "warn", "on, but storage has no key here", "See storage, above.")
    try:
        open_memory(config.memory, storage)
    except ConfigError as error:
        return Check("memory", "fail", error.what, error.cure)
    return Check("memory", "ok", f"on, a fact is kept for {config.memory.retention_days} days")


def check_people(config: Config, resolves: Resolve | None = None) -> Iterator[Check]:
    """Whether those could be called who are to be called; nobody is."""
    people = config.handover.people
    if not people:
        yield Check("handover", "ok", "nobody can be called, and it says so when asked to")
    for name, person in people.items():
        yield _check_person(name, person, config.privacy.network, resolves or has_address)


def _check_person(name: str, person: PersonConfig, network: str, resolves: Resolve) -> Check:
    title = f"handover: {name}"
    try:
        check_handover(HandoverConfig(people={name: person}), network)
    except EdgevoiceError as error:
        return Check(title, "fail", error.what, error.cure)
    if person.command:
        return Check(title, "ok", f"by {person.command[0]}")
    host = _host(person)
    if not resolves(host):
        cure = "Look at the address, and whether this machine reaches its name server."
        return Check(title, "warn", f"no address is found for {host}", cure)
    return Check(title, "ok", f"by {'a webhook' if person.webhook else 'SIP'}, at {host}")


def _host(person: PersonConfig) -> str:
    if person.sip:
        return Address.parse(person.sip).host
    import httpx2

    return httpx2.URL(person.webhook or "").host


def has_address(host: str) -> bool:
    """Whether `host` has an address, as far as can be found out in `RESOLVE_S` seconds."""
    found = threading.Event()

    def look() -> None:
        try:
            socket.getaddrinfo(host, None)
        except (OSError, UnicodeError):
            return
        found.set()

    looking = threading.Thread(target=look, daemon=True)  # a name server may be silent for long
    looking.start()
    looking.join(RESOLVE_S)
    return found.is_set()
