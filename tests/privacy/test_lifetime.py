"""Days are counted by clocks that nobody sets."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from edgevoice.privacy.lifetime import DAY_S, MOST_OFF_S, Lifetime, Lived, Moment, this_moment

walls = st.floats(-1e10, 1e11)
ups = st.floats(0, 1e9)
moments = st.builds(Moment, wall=walls, boot=st.sampled_from("abc"), up=ups)


def start(boot: str = "a", up: float = 0, wall: float = 0) -> Lived:
    return Lived(seconds=0, at=Moment(wall=wall, boot=boot, up=up))


@given(ups, ups, walls, walls)
def test_while_the_machine_runs_the_date_counts_for_nothing(
    first: float, passed: float, before: float, after: float
) -> None:
    now = Moment(wall=after, boot="a", up=first + passed)
    assert start(up=first, wall=before).until(now).seconds == (first + passed) - first


@given(walls, walls)
def test_of_the_time_that_it_was_off_a_day_is_believed(before: float, after: float) -> None:
    seconds = start("a", 5, before).until(Moment(wall=after, boot="b", up=3)).seconds
    assert seconds == min(MOST_OFF_S, max(0, after - before))


@given(st.lists(moments))
def test_it_never_goes_back(seen: list[Moment]) -> None:
    lived = start()
    for moment in seen:
        later = lived.until(moment)
        assert later.seconds >= lived.seconds
        lived = later


def test_the_count_goes_on_in_the_next_process(tmp_path: Path) -> None:
    up = [0.0]

    def moment() -> Moment:
        return Moment(wall=0, boot="a", up=up[0])

    file = tmp_path / "lifetime.json"
    assert Lifetime(file, moment).now() == 0
    up[0] = 3 * DAY_S
    assert Lifetime(file, moment).now() == 3 * DAY_S
    assert Lifetime(file, moment).now(least=700_000) == 700_000
    up[0] = 4 * DAY_S
    assert Lifetime(file, moment).now() == 700_000 + DAY_S


def test_it_is_written_once_an_hour(tmp_path: Path) -> None:
    up = [0.0]
    file = tmp_path / "lifetime.json"
    lifetime = Lifetime(file, lambda: Moment(wall=0, boot="a", up=up[0]))
    inodes = set()
    for _ in range(10 * 60):
        lifetime.now()
        inodes.add((file.stat().st_ino, file.read_bytes()))
        up[0] += 60
    assert len(inodes) == 10


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    assert Lifetime(tmp_path / "none" / "lifetime.json").now(4) == 4
    assert not list(tmp_path.iterdir())


def test_this_machine_tells_what_is_needed() -> None:
    one, two = this_moment(), this_moment()
    assert one.boot == two.boot != "" and one.up <= two.up
