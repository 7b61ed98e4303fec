"""`doctor --privacy`: what it finds, what it says, and that it holds in a network of its own."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from edgevoice.config import Config
from edgevoice.doctor import Check
from edgevoice.privacy import network
from edgevoice.privacy.network import Attempt
from edgevoice.privacy.proof import (
    check_attempt,
    check_control,
    check_dumps,
    check_forgetting,
    check_sandbox,
    check_settings,
    check_sockets,
    check_state,
    check_swap,
    check_telemetry,
    prove,
)
from edgevoice.privacy.safeguards import SAFEGUARDS, outcome

ROOT = Path(__file__).parents[2]


def test_what_reached_out_fails_with_a_cure() -> None:
    assert check_attempt("reach", Attempt(True, "x")).status == "ok"
    failed = check_attempt("reach", Attempt(False, "x"))
    assert failed.status == "fail" and failed.cure


def test_sockets_dumps_swap_and_forgetting() -> None:
    assert check_sockets([]).status == "ok" and check_sockets(["tcp a → b"]).status == "fail"
    assert check_dumps(True).status == "ok" and check_dumps(False).status == "fail"
    assert check_swap([], False).status == "ok" and check_swap(["/swap"], True).status == "ok"
    assert check_swap(["/swap"], False).status == "warn"
    assert check_forgetting(300).status == "ok" and check_forgetting(0).status == "warn"


@pytest.mark.parametrize(
    ("privileges", "seccomp", "capabilities", "status"),
    [
        ("1", "2", "0", "ok"),
        ("0", "2", "0", "warn"),
        ("1", "0", "0", "warn"),
        ("1", "2", "3f", "warn"),
    ],
)
def test_the_sandbox(privileges: str, seccomp: str, capabilities: str, status: str) -> None:
    text = f"Name:\tx\nCapEff:\t{capabilities}\nNoNewPrivs:\t{privileges}\nSeccomp:\t{seccomp}\n"
    assert check_sandbox(text).status == status


@pytest.mark.parametrize(("mode", "status"), [(0o640, "ok"), (0o664, "fail"), (0o646, "fail")])
def test_settings_that_others_may_change(tmp_path: Path, mode: int, status: str) -> None:
    file = tmp_path / "config.yaml"
    file.touch()
    file.chmod(mode)
    assert check_settings(file).status == status
    assert check_settings(None).status == "ok"


@pytest.mark.parametrize(
    ("mode", "status"), [(0o700, "ok"), (0o755, "warn"), (0o775, "fail"), (0o702, "fail")]
)
def test_state_and_who_may_look_at_it(tmp_path: Path, mode: int, status: str) -> None:
    folder = tmp_path / "state"
    assert "nothing is kept" in check_state(folder).what
    folder.mkdir()
    (folder / "echo.json").touch()
    folder.chmod(mode)
    found = check_state(folder)
    assert found.status == status and "echo.json" in found.what


def test_a_control_socket_is_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "control"
    assert check_control(None).status == check_control(path).status == "ok"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        path.chmod(0o600)
        assert check_control(path).status == "ok"
        path.chmod(0o660)
        assert check_control(path).status == "fail"
    path.unlink()
    path.touch(mode=0o600)
    assert check_control(path).status == "fail"


def test_telemetry_of_a_library(tmp_path: Path) -> None:
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    assert check_telemetry(environment).status == "fail"
    environment["ORT_DISABLE_TELEMETRY"] = "1"
    assert check_telemetry(environment).status == "ok"
    (tmp_path / "Microsoft/DeveloperTools/.onnxruntime").mkdir(parents=True)
    assert check_telemetry(environment).status == "warn"


def test_every_safeguard_names_checks_that_are_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(network, "connect_out", lambda *_: Attempt(True, "tried"))
    monkeypatch.setattr(network, "ask_for_a_name", lambda: Attempt(True, "asked"))
    checks = {c.name: c for c in prove(Config(), None, {"XDG_STATE_HOME": str(tmp_path)})}
    assert {name for row in SAFEGUARDS for name in row.evidence} == set(checks)
    assert {outcome(row, checks) for row in SAFEGUARDS} <= {"ok", "warn", "fail", "operator"}


def test_the_paragraphs_of_the_law_are_all_there_once_and_in_order() -> None:
    assert [(row.rule, row.demand) for row in SAFEGUARDS] == [
        ("(a)(1)", "standard"),
        ("(a)(2)(i)", "required"),
        ("(a)(2)(ii)", "required"),
        ("(a)(2)(iii)", "addressable"),
        ("(a)(2)(iv)", "addressable"),
        ("(b)", "standard"),
        ("(c)(1)", "standard"),
        ("(c)(2)", "addressable"),
        ("(d)", "standard"),
        ("(e)(1)", "standard"),
        ("(e)(2)(i)", "addressable"),
        ("(e)(2)(ii)", "addressable"),
    ]


def test_a_safeguard_is_as_good_as_its_worst_evidence() -> None:
    row = next(row for row in SAFEGUARDS if row.evidence[1:])
    checks = {name: Check(name, "ok", "") for name in row.evidence}
    assert outcome(row, checks) == "ok"
    checks[row.evidence[0]] = Check(row.evidence[0], "fail", "")
    checks[row.evidence[1]] = Check(row.evidence[1], "warn", "")
    assert outcome(row, checks) == "fail"
    assert outcome(next(row for row in SAFEGUARDS if not row.evidence), checks) == "operator"


def unshared() -> list[str]:
    """A command that starts another one in a network of its own, if that can be done here."""
    command = ["unshare", "-rn"]
    if not shutil.which("unshare") or subprocess.run([*command, "true"], check=False).returncode:
        pytest.skip("no network namespaces here")
    return command


@pytest.mark.engine
def test_in_a_network_of_its_own_the_proof_holds(tmp_path: Path) -> None:
    done = subprocess.run(
        [*unshared(), sys.executable, "-m", "edgevoice", "doctor", "--privacy", "--json"],
        cwd=ROOT,
        env={
            **os.environ,
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    status = {check["name"]: check["status"] for check in found["checks"]}
    for name in ("reach IPv4", "reach IPv6", "reach names", "network cards", "open sockets"):
        assert status[name] == "ok", found
    assert status["core dumps"] == status["network"] == status["telemetry"] == "ok"
    outcomes = {row["rule"]: row["outcome"] for row in found["safeguards"]}
    assert outcomes["(e)(1)"] == outcomes["(e)(2)(i)"] == outcomes["(e)(2)(ii)"] == "ok"
    assert outcomes["(b)"] == outcomes["(c)(2)"] == outcomes["(a)(2)(iv)"] == "ok"
