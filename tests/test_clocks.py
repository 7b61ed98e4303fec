"""The date may jump at any time: only who has to tell it to people may ask for it."""

import ast
from pathlib import Path

import edgevoice

PACKAGE = Path(edgevoice.__file__).parent

DATES = {"time", "time_ns", "now", "utcnow", "today", "localtime", "gmtime", "ctime", "strftime"}
"""What gives, or shows, the date, of the modules and classes `time`, `datetime` and `date`."""

MAY_ASK = {
    "doctor_skills.py": "how old the index of the documents is",
    "echo_trial.py": "the day of a measurement",
    "privacy/audit.py": "when something happened, in the log",
    "privacy/evidence.py": "what the service on the internet has cost today",
    "privacy/lifetime.py": "how long the machine may have been off; what time it is for a person",
    "responders/realtime/guard.py": "which day a budget is of",
}


def asks_for_the_date(source: str) -> bool:
    """Whether there is a `time.time`, a `datetime.now`, and so on; or a clock that may be set."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            whose = node.value.attr if isinstance(node.value, ast.Attribute) else node.value
            name = whose.id if isinstance(whose, ast.Name) else whose
            if name in {"time", "datetime", "date"} and node.attr in DATES:
                return True
            if node.attr.startswith(("CLOCK_REALTIME", "CLOCK_TAI")):
                return True
        named = isinstance(node, ast.ImportFrom) and node.module == "time" and node.names
        if DATES & {alias.name for alias in named or ()}:
            return True
    return False


def test_whoever_measures_spans_does_not_ask_for_the_date() -> None:
    asking = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if asks_for_the_date(path.read_text(encoding="utf-8"))
    }
    assert asking == set(MAY_ASK)


def test_asking_is_noticed() -> None:
    assert asks_for_the_date("import time\nprint(time.time())")
    assert asks_for_the_date("from time import time")
    assert asks_for_the_date("import datetime\ndatetime.datetime.now()")
    assert asks_for_the_date("time.clock_gettime(time.CLOCK_REALTIME)")
    assert not asks_for_the_date("import time\ntime.monotonic(); loop.time(); self.clock.now()")
