"""What a person sees while the set-up is at work."""

import io

import pytest

from tools.setup.progress import Progress, clock_text, detail


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("  [12/83] /usr/bin/g++ -O3 -o x.o", "[12/83] 14%"),
        ("Collecting numpy<3,>=2.0 (from edgevoice==0.1.0)", "numpy"),
        (
            "  Downloading numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.whl (16.9 MB)",
            "numpy-2.4.6 (16.9 MB)",
        ),
        (
            "Downloading https://example.org/rich-15.0.0-py3-none-any.whl (243 kB)",
            "rich-15.0.0 (243 kB)",
        ),
        ("  Building wheel for pyaudio (pyproject.toml): started", "building pyaudio"),
        ("Installing collected packages: a, b", "installing"),
        ("-- The C compiler identification is GNU 12.2.0", None),
        ("", None),
    ],
)
def test_lines_of_pip_and_ninja_say_how_far_it_is(line: str, told: str | None) -> None:
    assert detail(line) == told


def test_a_terminal_shows_one_moving_line() -> None:
    out, clock = Terminal(), Clock()

    with Progress(out, clock).step("llama.cpp") as tick:
        clock.now = 65
        tick("[41/83] g++")

    frames = out.getvalue().split("\r\x1b[2K")
    assert frames == ["", "… llama.cpp", "… llama.cpp  1:05  [41/83] 49%", "✓ llama.cpp  1:05\n"]


def test_a_log_gets_a_line_now_and_then() -> None:
    out, clock = io.StringIO(), Clock()

    with Progress(out, clock).step("llama.cpp") as tick:
        for second in range(70):
            clock.now = float(second)
            tick(f"[{second + 1}/83] g++")

    assert out.getvalue().splitlines() == [
        "… llama.cpp",
        "  llama.cpp: 0:30  [31/83] 37%",
        "  llama.cpp: 1:00  [61/83] 73%",
        "✓ llama.cpp  1:09",
    ]


def test_a_step_that_fails_is_marked() -> None:
    out = io.StringIO()

    with pytest.raises(KeyboardInterrupt), Progress(out, Clock()).step("packages"):
        raise KeyboardInterrupt

    assert out.getvalue() == "… packages\n✗ packages\n"


def test_a_note_follows_its_step() -> None:
    out = io.StringIO()
    progress = Progress(out, Clock())

    with progress.step("model"):
        pass
    progress.note("It was small.")

    assert out.getvalue() == "… model\n✓ model  0:00\n  It was small.\n"


def test_durations_read_like_a_clock() -> None:
    assert [clock_text(s) for s in (0, 59.9, 60, 3661)] == ["0:00", "0:59", "1:00", "61:01"]
