"""What the doctor says of tools, and of what they need."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from edgevoice import doctor_skills as doctor
from edgevoice.config import (
    Config,
    HandoverConfig,
    IntentsConfig,
    KnowledgeConfig,
    LlmConfig,
    McpConfig,
    MemoryConfig,
    PersonConfig,
    PrivacyConfig,
    StorageConfig,
    ToolsConfig,
)
from edgevoice.dialog.calls import ToolSpec
from edgevoice.doctor import Check
from edgevoice.offer_trial import Offered, try_offer
from edgevoice.privacy.keys import make_key
from edgevoice.skills.knowledge.index import refresh
from edgevoice.skills.looking import look_at_tools

SERVER = str(Path(__file__).parent / "skills/mcp_server.py")
WAYS = ({"webhook": "https://desk.example/call"}, {"sip": "sip:a@desk.example"})
ALL_FIT = Offered(31, 700, True)


def no_network(host: str) -> bool:
    raise AssertionError(f"{host} was looked for")


def checks(config: Config, offered: Offered | None = ALL_FIT) -> dict[str, Check]:
    """What is said, by name; the language model is not loaded."""
    return {check.name: check for check in doctor.skill_checks(config, lambda *_: offered)}


def test_all_is_well_where_all_is_well() -> None:
    found = checks(Config())
    assert list(found) == [
        "tools",
        "llm: tools",
        "intents",
        "documents",
        "storage",
        "memory",
        "handover",
    ]
    assert {check.status for check in found.values()} == {"ok"}
    assert not any(check.cure for check in found.values())


# --- tools and their servers


def test_where_tools_are_from(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "sea.py").write_text(
        "from edgevoice.skills.tool import tool\n"
        '@tool\ndef tide() -> str:\n    """When the next high tide is."""\n    return "Noon."\n'
    )
    (tmp_path / "sea.py").chmod(0o644)
    config = Config(tools=ToolsConfig(folder=tmp_path, without=("set_timer", "set_alarm")))
    assert checks(config)["tools"].what == "29 built in, 1 from sea.py"


def test_a_tool_that_is_broken(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "sea.py").write_text("import nothing_of_that_name")
    (tmp_path / "sea.py").chmod(0o644)
    found = checks(Config(tools=ToolsConfig(folder=tmp_path)))
    assert found["tools"].status == "fail" and "sea.py, line 1" in found["tools"].what
    assert "llm: tools" not in found and found["intents"].status == "ok"


def served(*command: str, allow: Sequence[str] = ("greet",)) -> Check:
    server = McpConfig(name="moody", command=command, allow=tuple(allow))
    return checks(Config(tools=ToolsConfig(mcp=(server,))))["MCP: moody"]


def test_a_server_that_answers() -> None:
    assert served(sys.executable, SERVER) == Check("MCP: moody", "ok", "answers, 1 of 1 tools")


def test_a_server_without_the_tool_that_is_allowed(caplog: pytest.LogCaptureFixture) -> None:
    check = served(sys.executable, SERVER, allow=["greet", "fly"])
    assert check.status == "warn" and "allow" in check.cure
    assert "1 of 2 tools" in check.what and "has no tool fly; it has: " in check.what
    assert not caplog.records  # it is told once


def test_a_server_of_which_nothing_is_allowed() -> None:
    check = served(sys.executable, SERVER, allow=[])
    assert check.status == "warn" and "it has: " in check.what and "greet" in check.what


def test_a_server_that_cannot_be_started() -> None:
    check = served("no-such-program")
    assert check.status == "warn"
    assert "there is no program no-such-program" in check.what


def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SERVERS_S", 0.2)
    check = served("sleep", "60")
    assert (check.status, check.what) == ("warn", "does not answer within 0 s")
    assert "sleep can be reached" in check.cure


def test_offline_no_server_elsewhere_is_asked() -> None:
    server = McpConfig(name="home", url="http://192.0.2.1/mcp", allow=("greet",))
    config = Config(tools=ToolsConfig(mcp=(server,)), privacy=PrivacyConfig(network="offline"))
    check = checks(config)["tools"]
    assert check.status == "fail" and "privacy.network is offline" in check.what


# --- what the language model is told


@pytest.mark.parametrize(
    ("offered", "status", "said", "cure"),
    [
        (Offered(31, 700, True), "ok", "31 of 31 fit, 700 tokens; its chat template knows", ""),
        (Offered(31, 700, None), "ok", "cannot be seen", ""),
        (Offered(31, 700, False), "warn", "the system prompt tells of them", "A model whose"),
        (Offered(20, 700, True), "warn", "20 of 31 fit", "Raise llm.context_tokens"),
        (Offered(31, 0, False), "warn", "leaves tools out", "Choose an llm.model"),
        (None, "warn", "does not load", "above"),
    ],
)
def test_what_the_model_knows_of_tools(
    offered: Offered | None, status: str, said: str, cure: str
) -> None:
    check = doctor.check_offer(offered, 31)
    assert (check.status, said in check.what, cure in check.cure) == (status, True, True)
    assert bool(check.cure) is (status != "ok")


@pytest.mark.engine
def test_the_model_is_asked_in_a_process_of_its_own() -> None:
    specs = [tool.spec for tool in look_at_tools(Config(), 1.0)]
    offered = try_offer(Config(), specs)
    assert offered and 0 < offered.fits <= len(specs)


def test_a_model_that_does_not_load() -> None:
    config = Config(llm=LlmConfig(model=Path("/nonexistent/model.gguf")))
    assert try_offer(config, [ToolSpec("wave", "Waves.", {"type": "object"})]) is None


# --- intents, documents


def test_intents(tmp_path: Path) -> None:
    config = Config()
    assert checks(config)["intents"].what == str(config.intents.file)
    off = doctor.check_intents(Config(intents=IntentsConfig(enabled=False)), [])
    assert off.status == "ok" and "off" in off.what
    broken = tmp_path / "intents.yaml"
    broken.write_text("intents: [")
    check = doctor.check_intents(Config(intents=IntentsConfig(file=broken)), [])
    assert check.status == "fail" and "line 1" in check.what and check.cure


def test_documents(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    config = KnowledgeConfig(folder=folder, index=tmp_path / "index.db")
    assert doctor.check_documents(config).status == "fail"
    folder.mkdir()
    (folder / "bread.md").write_text("# Bread\n\nIt is baked at six.")
    check = doctor.check_documents(config)
    assert check.status == "warn" and "no index yet" in check.what
    assert not (tmp_path / "index.db").exists()  # it is looked at, not made
    refresh(folder, tmp_path / "index.db")
    hour_ago = (tmp_path / "index.db").stat().st_mtime - 7_200
    os.utime(tmp_path / "index.db", (hour_ago, hour_ago))
    check = doctor.check_documents(config)
    assert (check.status, check.what) == ("ok", "1 file, 1 passage, indexed 2 hours ago")
    (folder / "cake.md").write_text("# Cake")
    check = doctor.check_documents(config)
    assert check.status == "warn" and "changed since" in check.what


def test_a_document_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_bytes(b"\xff\xfe\x00\xd8")
    index = tmp_path / "index.db"
    refreshed = refresh(tmp_path, index)
    assert refreshed.troubles
    check = doctor.check_documents(KnowledgeConfig(folder=tmp_path, index=index))
    assert check.status == "warn" and "1 cannot be used: bad.md" in check.what


# --- what is kept


def kept(tmp_path: Path, **memory: Any) -> Config:
    storage = StorageConfig(enabled=True, folder=tmp_path, key_file=tmp_path / "key")
    return Config(storage=storage, memory=MemoryConfig(**memory))


def test_storage_with_a_key(tmp_path: Path) -> None:
    make_key(tmp_path / "key")
    found = checks(kept(tmp_path, enabled=True, retention_days=30))
    assert found["storage"].what == f"on, and there is a key; in {tmp_path}"
    assert found["memory"].what == "on, a fact is kept for 30 days"


def test_storage_with_a_key_that_is_not_there(tmp_path: Path) -> None:
    found = checks(kept(tmp_path, enabled=True))
    assert found["storage"].status == "fail" and found["storage"].cure
    assert found["memory"].status == "warn"


def test_the_key_of_a_service_is_not_seen_from_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    check = checks(Config(storage=StorageConfig(enabled=True)))["storage"]
    assert check.status == "warn" and "comes from systemd" in check.what


def test_a_memory_without_storage() -> None:
    check = checks(Config(memory=MemoryConfig(enabled=True)))["memory"]
    assert check.status == "fail" and "storage.enabled" in check.cure


# --- whom it may call


def called(network: Any = "open", resolves: doctor.Resolve = no_network, **way: Any) -> Check:
    config = Config(
        handover=HandoverConfig(people={"nurse": PersonConfig(**way)}),
        privacy=PrivacyConfig(network=network),
    )
    (check,) = doctor.check_people(config, resolves)
    return check


def test_a_command() -> None:
    assert called(command=("true",)) == Check("handover: nurse", "ok", "by true")
    missing = called(command=("no-such-program",))
    assert missing.status == "fail" and "no-such-program" in missing.what


@pytest.mark.parametrize(
    "way", [{"webhook": "https://desk.example/call"}, {"sip": "sip:a@desk.example"}]
)
def test_a_host(way: dict[str, Any]) -> None:
    asked: list[str] = []

    def resolves(host: str) -> bool:
        asked.append(host)
        return len(asked) == 1

    assert called(resolves=resolves, **way).status == "ok"
    check = called(resolves=resolves, **way)
    assert check.status == "warn" and "desk.example" in check.what
    assert asked == ["desk.example", "desk.example"]


@pytest.mark.parametrize(
    "way", [{"webhook": "https://desk.example/call"}, {"sip": "sip:a@desk.example"}]
)
def test_offline_no_host_is_looked_for(way: dict[str, Any]) -> None:
    check = called("offline", **way)
    assert check.status == "fail" and "offline" in check.what


def test_one_that_is_no_address() -> None:
    assert called(webhook="desk").status == "fail"


def test_an_address_needs_no_name_server() -> None:
    assert doctor.has_address("127.0.0.1")
    assert not doctor.has_address("a..b")
