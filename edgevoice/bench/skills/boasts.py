"""Finds sentences which say that something was done, where nothing was.

The writer of replies holds such sentences back by lists of its own. So that the benchmark does not
only find what those lists find, it looks with other eyes as well.
"""

import re
from collections.abc import Iterator

from edgevoice.bench.skills.answering import Answered
from edgevoice.dialog.claims import Claims
from edgevoice.dialog.clauses import ClauseSplitter

_PLAINLY = re.compile(
    r"\b(?:i|we)(?:'ve|'d)? (?:have |had |just |already |did )*"
    r"(?:set|added|removed|cancelled|canceled|turned|switched|ordered|booked|called|sent|locked|"
    r"opened|closed|deleted|cleared|noted|saved|played|started|stopped|muted|paid|printed|dimmed|"
    r"transferred|scheduled|reserved|bought)\b"
    r"|\b(?:i'll|i will|i'm going to|i am going to|i'm|i am) (?:now |just )?"
    r"(?:set|setting|add|adding|call|calling|remind|wake|order|ordering|book|booking|send|sending|"
    r"turn|turning|switch|switching|play|playing|open|opening|lock|dim|start|starting)\b"
    r"|^(?:okay |sure |alright )*(?:done|it's done|all set|consider it done)\b"
    r"|\byour (?:timer|alarm|reminder|order|table|flight|taxi) is (?:set|booked|on its way|ready)\b"
)


class Boasts:
    """Knows a claim when it reads one."""

    def __init__(self, claims: Claims | None = None) -> None:
        """`claims`: the lists that the writer of replies goes by; None: only our own eyes."""
        self._claims = claims

    def false_claims(self, answered: Answered, words: str) -> Iterator[str]:
        """The clauses of the reply to `words` which claim that something was done, or will be, if
        nothing was; and where a tool has failed, all claims."""
        done = {call.name: call.text for call, outcome in answered.calls if outcome and outcome.ok}
        failed = {call.name for call, outcome in answered.calls if outcome and not outcome.ok}
        if done and not failed:
            return
        splitter = ClauseSplitter()
        for clause in (*splitter.add(answered.said), *splitter.finish()):
            plain = " ".join(re.findall(r"[a-z']+", clause.lower().replace("’", "'")))
            listed = self._claims is not None and self._claims.unfounded(clause, done, failed)
            if listed or _PLAINLY.search(plain):
                yield clause
