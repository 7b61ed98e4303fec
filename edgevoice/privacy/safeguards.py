"""The technical safeguards of HIPAA (45 CFR §164.312), one by one.

No program complies with a law by itself. This says what edgevoice does, what is left to whoever
runs it, and which checks of `privacy/proof.py` are the evidence. A row without evidence is marked
as the operator's alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from edgevoice.doctor import Check

REACH = ("reach IPv4", "reach IPv6", "reach names")
NETWORK = (*REACH, "network cards", "open sockets", "network", "telemetry", "cloud")
Outcome = Literal["ok", "warn", "fail", "operator"]


@dataclass(frozen=True, slots=True)
class Safeguard:
    """One safeguard. `rule`: its paragraph. `demand`: a standard, or how the law asks for one of
    its specifications. `evidence`: names of checks."""

    rule: str
    demand: Literal["standard", "required", "addressable"]
    name: str
    met: str
    operator: str
    evidence: tuple[str, ...] = ()


SAFEGUARDS = (
    Safeguard(
        "(a)(1)",
        "standard",
        "Access control",
        "Settings, state and control socket belong to one user, and are shut to the others; the "
        "service has no privileges and sees no homes.",
        "Decide who has an account on the machine and who may be root.",
        ("settings", "state", "control socket", "sandbox", "unit"),
    ),
    Safeguard(
        "(a)(2)(i)",
        "required",
        "Unique user identification",
        "None: edgevoice does not know who speaks.",
        "Decide who may be in the room with it; keep a record of who administers the machine, and "
        "of who holds the key to transcripts.",
    ),
    Safeguard(
        "(a)(2)(ii)",
        "required",
        "Emergency access procedure",
        "Nothing is kept, so there is nothing to get at; transcripts, and what it is asked to "
        "keep, where that is on, open for whoever holds the key.",
        "Keep a copy of that key where it is found in an emergency, and do not make edgevoice the "
        "only place where something important is said.",
        ("transcripts", "storage"),
    ),
    Safeguard(
        "(a)(2)(iii)",
        "addressable",
        "Automatic logoff",
        "The conversation and the model's cache are wiped after idle time, and on “forget that”.",
        "Choose privacy.forget_after_s for the room.",
        ("forgetting",),
    ),
    Safeguard(
        "(a)(2)(iv)",
        "addressable",
        "Encryption and decryption",
        "Words and sounds are in memory only, and memory gets to no disk. Transcripts, and what it "
        "is asked to keep (lists, notes), are off unless you switch them on, and then sealed with "
        "ChaCha20-Poly1305.",
        "Encrypt the disk all the same, swap included.",
        ("core dumps", "swap", "transcripts", "key", "storage", "storage key"),
    ),
    Safeguard(
        "(b)",
        "standard",
        "Audit controls",
        "A chained log tells of starts and ends, settings, models, devices, the network, and every "
        "reading of transcripts. Neither it nor the journal holds a word that was said.",
        "Note its last line elsewhere now and then (`edgevoice audit verify`); look at it, and "
        "keep it for as long as your rules want.",
        ("audit log", "log"),
    ),
    Safeguard(
        "(c)(1)",
        "standard",
        "Integrity",
        "Nobody else may change settings or state; files are replaced whole, never half-written; "
        "the system is read-only to the service, and locked models are verified at every start.",
        "Lock the models (`edgevoice models lock`), and keep the system up to date.",
        ("settings", "state", "unit"),
    ),
    Safeguard(
        "(c)(2)",
        "addressable",
        "Mechanism to authenticate ePHI",
        "A transcript that was changed does not open; a line of the audit log that was edited, "
        "removed or moved is found.",
        "Back the transcripts up: that one is missing altogether does not show.",
        ("audit log", "transcripts"),
    ),
    Safeguard(
        "(d)",
        "standard",
        "Person or entity authentication",
        "Keys are pressed for the socket's owner only, whom the kernel knows; voices are not.",
        "Let it do nothing that asks for proof of who speaks.",
        ("control socket",),
    ),
    Safeguard(
        "(e)(1)",
        "standard",
        "Transmission security",
        "Nothing is transmitted: no way out of the process was found, and no service may be asked.",
        "Run the service, which locks the network; do not open it, and leave cloud.enabled off.",
        NETWORK,
    ),
    Safeguard(
        "(e)(2)(i)",
        "addressable",
        "Integrity controls",
        "Nothing that could be modified on its way is transmitted.",
        "Where you open the network: see to it that what is sent cannot be changed unnoticed.",
        REACH,
    ),
    Safeguard(
        "(e)(2)(ii)",
        "addressable",
        "Encryption",
        "Nothing that could be read on its way is transmitted.",
        "Where you open the network: encrypt what is sent.",
        REACH,
    ),
)

_WORSE: Sequence[Outcome] = ("ok", "warn", "fail")


def outcome(safeguard: Safeguard, checks: Mapping[str, Check]) -> Outcome:
    """The worst of the safeguard's checks; `operator` where there is none."""
    found = [checks[name].status for name in safeguard.evidence]
    return max(found, key=_WORSE.index) if found else "operator"
