"""What the environment says of the service manager, and what we tell it."""

import socket

from hypothesis import strategies as st

from edgevoice.notify import LONGEST_STATUS, Notifier
from edgevoice.signals import Phase
from edgevoice.watchdog import Bulletin
from tests.fuzz.promise import LETTERS, folder, fuzzed

WORDS = st.text(LETTERS, max_size=300)
ENVIRONMENT_TEXT = st.binary(max_size=130).map(
    lambda raw: raw.replace(b"\0", b"").decode("utf-8", "surrogateescape")
)
ADDRESSES = st.one_of(
    st.just("/dev/null"),
    st.sampled_from(["", "@", "/", "vsock:2:1", "@x", "/nowhere/notify", "/" + "x" * 200]),
    ENVIRONMENT_TEXT,
    ENVIRONMENT_TEXT.map(lambda text: f"@{text}"),
)
LIMITS = st.sampled_from(["0", "1", "-1", "30000000", "9" * 5000, "٣", "1e9", "²"])


@fuzzed(st.tuples(ADDRESSES, LIMITS | ENVIRONMENT_TEXT, st.just("7") | ENVIRONMENT_TEXT, WORDS))
def any_environment_of_a_service(what: tuple[str, str, str, str]) -> None:
    address, limit, pid, words = what
    environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": limit, "WATCHDOG_PID": pid}
    notifier = Notifier.from_environment(environment, pid=7)
    assert notifier.ping_s is None or 0 < notifier.ping_s < 1e13
    for told in (notifier.ready, notifier.ping, notifier.stopping, notifier.reloading):
        assert told() in (True, False)
    assert notifier.status(words) in (True, False)


@fuzzed(st.lists(WORDS, max_size=4))
def any_words_for_the_service_manager(words: list[str]) -> None:
    with folder() as place, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(place / "notify"))
        manager.setblocking(False)
        bulletin = Bulletin(Notifier(str(place / "notify")))
        bulletin.show(Phase.READY)
        manager.recv(4096)
        for each in words:
            bulletin.note("board", each)
            try:
                told = manager.recv(4096)
            except BlockingIOError:
                continue
            assert told.startswith(b"STATUS=") and b"\n" not in told
            assert len(told.decode()) <= LONGEST_STATUS + len("STATUS=")
