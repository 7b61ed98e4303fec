import subprocess
import sys

from edgevoice.bench.usage import Cost, Meter, Phase, cpu_seconds, peak_rss_mb, rss_mb, stat_ticks
from edgevoice.dialog.events import NothingSaid, SpeechEnded, SpeechStarted, TurnDone


class Hands:
    """A clock and a processor's clock that are set by hand."""

    wall = cpu = 0.0

    def meter(self) -> Meter:
        return Meter(lambda: self.wall, lambda: self.cpu)

    def pass_by(self, wall: float, cpu: float) -> None:
        self.wall += wall
        self.cpu += cpu


def test_every_phase_pays_for_itself() -> None:
    hands = Hands()
    meter = hands.meter()
    hands.pass_by(5, 5)  # before it begins nothing counts
    meter.begin(Phase.SILENCE)
    hands.pass_by(10, 0.125)
    meter(SpeechStarted(0, 0))
    hands.pass_by(2, 1)
    meter(SpeechEnded(0, 0, 0))
    hands.pass_by(3, 1.5)
    meter(TurnDone(0, 1, "", "", False))
    hands.pass_by(1, 0.25)
    meter(SpeechStarted(0, 0))
    hands.pass_by(1, 0.5)
    meter(NothingSaid(0))
    meter.begin(None)
    hands.pass_by(9, 9)
    assert meter.costs == {
        Phase.SILENCE: Cost(10, 0.125),
        Phase.SPEECH: Cost(3, 1.5),
        Phase.REPLYING: Cost(3, 1.5),
        Phase.BETWEEN: Cost(1, 0.25),
    }
    assert meter.costs[Phase.SPEECH].per_minute == 30
    assert meter.costs[Phase.SILENCE].percent_of_a_core == 1.25


def test_who_interrupts_speaks_even_though_the_reply_is_over() -> None:
    hands = Hands()
    meter = hands.meter()
    meter.begin(Phase.REPLYING)
    meter(SpeechStarted(0, 0))
    meter(TurnDone(0, 1, "", "", True))
    hands.pass_by(2, 1)
    meter.begin(None)
    assert meter.costs[Phase.SPEECH] == Cost(2, 1)


def test_no_time_has_no_rate() -> None:
    assert Cost().per_minute is None
    assert Cost().percent_of_a_core is None


def test_a_process_tells_its_ticks_whatever_its_name_is() -> None:
    stat = "42 (a) b (c) S 1 1 1 0 -1 4194304 100 0 0 0 17 5 0 0 20 0 1 0 100 0 0"
    assert stat_ticks(stat) == 22


def test_children_count_alive_and_dead() -> None:
    before = cpu_seconds()
    work = (
        "import sys\nfor n in range(3_000_000): pass\nprint('done', flush=True)\nsys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", work], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"done\n"
        alive = cpu_seconds()
    assert before < alive <= cpu_seconds() + 0.02


def test_memory_is_measured() -> None:
    assert 1 < rss_mb() <= peak_rss_mb() + 1
