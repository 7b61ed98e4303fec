"""The unit and its drop-ins: how tight they are, and that the engines can live with it."""

import ctypes
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from edgevoice.privacy.unit import MOST_EXPOSED, exposure
from edgevoice.service.deeds import look
from edgevoice.service.plan import COMPILES as ONEDNN
from edgevoice.service.plan import Network
from tests.service.cage import COMPILES, ROOM

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "systemd"

needs_systemd_analyze = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not on this machine"
)


def audited(
    folder: Path, network: Network, *, compiles: bool, opened: Callable[[str], str] = str
) -> float:
    """What systemd's own audit says, from 0 (safe) to 10. `opened`: what an operator makes of
    skills.conf."""
    unit = folder / "edgevoice.service"
    text = (UNITS / "edgevoice.service").read_text()
    unit.write_text(re.sub(r"(?m)^ExecStart=.*$", "ExecStart=/bin/true", text))
    drop_ins = folder / "edgevoice.service.d"
    drop_ins.mkdir()
    shutil.copy(UNITS / f"{network}.conf", drop_ins)
    shutil.copy(UNITS / "transcripts.conf", drop_ins)
    shutil.copy(UNITS / "storage.conf", drop_ins)
    (drop_ins / "skills.conf").write_text(opened((UNITS / "skills.conf").read_text()))
    if compiles:
        (drop_ins / "x86.conf").write_text(f"[Service]\n{ONEDNN}\n")
    verify = ["systemd-analyze", "verify", str(unit)]
    said = subprocess.run(verify, capture_output=True, text=True, check=False).stderr
    assert not re.search("nknown|nvalid|ailed to parse", said), said
    found = exposure(unit)
    assert found is not None
    return found


@needs_systemd_analyze
@pytest.mark.parametrize("network", Network)
@pytest.mark.parametrize("compiles", [False, True])
def test_the_audit_finds_it_tight(network: Network, compiles: bool, tmp_path: Path) -> None:
    assert audited(tmp_path, network, compiles=compiles) <= MOST_EXPOSED[network]


SETTING = re.compile(r"(?m)^#(?=[A-Z][A-Za-z]+=)")


@needs_systemd_analyze
@pytest.mark.parametrize("network", Network)
def test_what_skills_may_need_is_opened_line_by_line(network: Network, tmp_path: Path) -> None:
    """Its lines are known to systemd, and the audit still finds it tight with all of them."""
    text = (UNITS / "skills.conf").read_text()
    assert len(SETTING.findall(text)) == 7
    assert [line for line in text.splitlines() if line and line[0] != "#"] == ["[Service]"]
    opened = audited(tmp_path, network, compiles=False, opened=lambda it: SETTING.sub("", it))
    assert opened <= MOST_EXPOSED[network]


def test_offline_means_no_network_at_all() -> None:
    text = (UNITS / "offline.conf").read_text()
    assert "PrivateNetwork=yes" in text
    assert "RestrictAddressFamilies=AF_UNIX\n" in text
    assert "EDGEVOICE_PRIVACY__NETWORK=offline" in text
    assert "EDGEVOICE_" not in (UNITS / "lan.conf").read_text() + (UNITS / "cloud.conf").read_text()


def test_what_was_said_reaches_no_disk_and_no_journal() -> None:
    text = (UNITS / "edgevoice.service").read_text()
    for line in ("LimitCORE=0", "MemorySwapMax=0", "Type=notify", "Restart=always"):
        assert f"\n{line}\n" in text
    assert re.search(r"\nExecStart=\S+ run --quiet ", text)


def caged(*command: str, compiles: bool = False) -> subprocess.CompletedProcess[str]:
    cage = [sys.executable, "-m", "tests.service.cage", *command]
    environment = os.environ | ({COMPILES: "1"} if compiles else {})
    return subprocess.run(
        cage, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False
    )


@pytest.fixture
def cage() -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this machine")
    try:
        ctypes.CDLL("libseccomp.so.2")
    except OSError:
        pytest.skip("libseccomp is not on this machine")
    if (tried := caged("true")).returncode:
        pytest.skip(f"no cage on this machine: {tried.stderr.strip().splitlines()[-1]}")


PROBE = """
import ctypes, errno, mmap, os, socket
def refused(deed, *numbers):
    try:
        deed()
    except OSError as error:
        assert error.errno in numbers, error
    else:
        raise AssertionError("allowed")
both = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
refused(lambda: mmap.mmap(-1, 4096, prot=both), errno.EACCES)
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET):
    refused(lambda: socket.socket(family), errno.EAFNOSUPPORT)
socket.socket(socket.AF_UNIX)
status = dict(line.split(":\t", 1) for line in open("/proc/self/status"))
assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
refused(lambda: os.chroot("/"), errno.EPERM)
refused(lambda: open("/etc/edgevoice-was-here", "w"), errno.EROFS)
"""


@pytest.mark.usefixtures("cage")
def test_the_cage_is_one() -> None:
    done = caged(sys.executable, "-c", PROBE)
    assert done.returncode == 0, done.stderr


SAY = (
    f"{sys.executable} -m edgevoice say 'What is the capital of France?' --output {ROOM}/q.wav >&2"
)
HEAR = f"{sys.executable} -m edgevoice transcribe {ROOM}/q.wav"
ANSWER = f"echo 'what is the capital of france' | {sys.executable} -m edgevoice chat"


SERVER = str(ROOT / "tests/skills/mcp_server.py")
SKILLS = {
    "tools": {
        "folder": f"{ROOM}/tools",
        "mcp": [
            {
                "name": "moody",
                "command": [sys.executable, SERVER],
                "allow": ["greet"],
                "effects": {"greet": "none"},
            }
        ],
    },
    "handover": {"people": {"nurse": {"command": ["/bin/sh", "-c", "exit 0"]}}},
    "knowledge": {"folder": f"{ROOM}/documents"},
    "storage": {"enabled": True, "key_file": f"{ROOM}/key"},
    "privacy": {"network": "offline"},
}
TIDE = """
from edgevoice.skills.tool import tool

@tool
def tide() -> str:
    '''When the next high tide is.'''
    return "At noon."
"""
USE = f"{sys.executable} -m edgevoice tools try -c {ROOM}/config.yaml"
USE_ALL = f"""
set -e
umask 022
export STATE_DIRECTORY={ROOM}/state
mkdir {ROOM}/tools {ROOM}/documents
cat > {ROOM}/config.yaml <<'END'
{yaml.safe_dump(SKILLS)}
END
cat > {ROOM}/tools/sea.py <<'END'
{TIDE}
END
printf '# Bread\\n\\nBread is baked at six.' > {ROOM}/documents/bread.md
{sys.executable} -m edgevoice transcripts keygen {ROOM}/key >&2
{USE} moody_greet '{{"name": "Bo"}}'
{USE} call_person
{USE} tide
{USE} search_documents '{{"query": "When is bread baked?"}}'
{USE} add_to_list '{{"item": "milk"}}'
"""


@pytest.mark.usefixtures("cage")
def test_skills_work_in_it() -> None:
    done = caged("sh", "-c", USE_ALL)
    assert done.stdout.splitlines() == [
        '{"result": "Hello, Bo!"}',
        "I have called the nurse.",
        "At noon.",
        "According to Bread: Bread is baked at six.",
        "I have put milk on your shopping list.",
    ], done.stderr


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.usefixtures("cage")
def test_all_engines_speak_understand_and_answer_in_it() -> None:
    done = caged("sh", "-c", f"{SAY} && {HEAR} && {ANSWER}", compiles=look().compiles)
    assert done.returncode == 0, done.stderr
    assert "capital" in done.stdout.lower()
    assert "paris" in done.stdout.lower()


@pytest.mark.engine
@pytest.mark.usefixtures("cage")
def test_only_one_engine_ever_wants_to_write_machine_code() -> None:
    done = caged("sh", "-c", f"{SAY} && {ANSWER}")
    assert done.returncode == 0, done.stderr
    assert "paris" in done.stdout.lower()
