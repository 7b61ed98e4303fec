"""The technical safeguards of HIPAA (45 CFR §164.312), one by one.

No program complies with a law by itself. This says what edgevoice does, what is left to whoever
runs it, and which checks of `privacy/proof.py` are the evidence. A row without evidence is marked
as the operator's alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from edgevoice.doctor import Check

NETWORK = (
    "reach IPv4",
    "reach IPv6",
    "reach names",
    "network cards",
    "open sockets",
    "network",
    "telemetry",
)
Outcome = Literal["ok", "warn", "fail", "operator"]


@dataclass(frozen=True, slots=True)
class Safeguard:
    """One safeguard. `rule`: its paragraph. `evidence`: names of checks."""

    rule: str
    name: str
    met: str
    operator: str
    evidence: tuple[str, ...] = ()


SAFEGUARDS = (
    Safeguard(
        "(a)(1)",
        "Access control",
        "Settings, state and control socket belong to one user, and are shut to the others.",
        "Decide who has an account on the machine and who may be root.",
        ("settings", "state", "control socket", "sandbox"),
    ),
    Safeguard(
        "(a)(2)(i)",
        "Unique user identification",
        "None: edgevoice does not know who speaks, and keeps nothing that could be looked up.",
        "Decide who may be in the room with it; keep a record of who administers the machine.",
    ),
    Safeguard(
        "(a)(2)(ii)",
        "Emergency access",
        "Nothing is kept, so there is nothing to get at in an emergency.",
        "Do not make it the only place where something important is said.",
        ("state",),
    ),
    Safeguard(
        "(a)(2)(iii)",
        "Automatic logoff",
        "The conversation and the model's cache are wiped after idle time, and on “forget that”.",
        "Choose privacy.forget_after_s for the room.",
        ("forgetting",),
    ),
    Safeguard(
        "(a)(2)(iv)",
        "Encryption at rest",
        "Words and sounds are in memory only, and memory gets to no disk.",
        "Encrypt the disk all the same, swap included.",
        ("core dumps", "swap", "state"),
    ),
    Safeguard(
        "(b)",
        "Audit controls",
        "The log tells what happened in numbers and times, and holds no words.",
        "Keep the log for as long as your rules want, and look at it.",
        ("log",),
    ),
    Safeguard(
        "(c)(1), (2)",
        "Integrity",
        "Nobody else may change settings or state; files are replaced whole, never half-written.",
        "Use a read-only system, and keep it up to date.",
        ("settings", "state"),
    ),
    Safeguard(
        "(d)",
        "Person or entity authentication",
        "Keys are pressed for the socket's owner only, whom the kernel knows; voices are not.",
        "Let it do nothing that asks for proof of who speaks.",
        ("control socket",),
    ),
    Safeguard(
        "(e)(1), (2)",
        "Transmission security",
        "Nothing is transmitted: no way out of the process was found.",
        "Run the service, which locks the network; do not open it.",
        NETWORK,
    ),
)

_WORSE: Sequence[Outcome] = ("ok", "warn", "fail")


def outcome(safeguard: Safeguard, checks: Mapping[str, Check]) -> Outcome:
    """The worst of the safeguard's checks; `operator` where there is none."""
    found = [checks[name].status for name in safeguard.evidence]
    return max(found, key=_WORSE.index) if found else "operator"
