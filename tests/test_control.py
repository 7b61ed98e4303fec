"""The control socket: who may talk to it, what it answers, and what it leaves behind."""

import asyncio
import contextlib
import socket
import stat
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from typer.testing import CliRunner

from edgevoice import control
from edgevoice.cli.app import app
from edgevoice.control import (
    LONGEST_LINE,
    MOST_CLIENTS,
    WORDS,
    Asked,
    ControlSocket,
    send,
    socket_path,
)
from edgevoice.dialog.attention import Attention, Mode, Signal
from edgevoice.errors import BadInputError, ConfigError
from edgevoice.testing import run_virtual


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "control"


def served(path: Path, client: Callable[[list[Signal]], Coroutine[Any, Any, None]]) -> None:
    """Run `client` while somebody listens at `path`; it is told the signals that arrive."""

    async def hold() -> None:
        attention, signals = Attention(Mode.PUSH_TO_TALK, 0), list[Signal]()

        def on_signal(signal: Signal) -> None:
            signals.append(signal)
            attention.signal(signal, 0)

        async with asyncio.timeout(10):
            async with ControlSocket(path, on_signal, lambda: attention.now):
                await client(signals)

    asyncio.run(hold())


async def ask(path: Path, text: bytes) -> bytes:
    """Everything that is answered to `text`."""
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(text)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer


def test_a_word_a_line_gets_an_answer_a_line(path: Path) -> None:
    async def client(signals: list[Signal]) -> None:
        answer = await ask(path, b"status\npress\n mute \r\nunmute\nrelease\nsleep\nwake\nforget")
        assert answer.decode().splitlines() == [
            "ok key up",
            "ok key down",
            "ok key down, muted",
            "ok key down",
            "ok key up",
            "ok key up",
            "ok key up",
            "ok key up",
        ]
        assert set(signals) == set(Signal) - {Signal.WAKE_WORD}

    served(path, client)


@pytest.mark.parametrize("line", [b"", b"MUTE", b"wake word", b"\xff\xfe", b"mute now", b"\0"])
def test_anything_else_is_an_error_that_lists_the_words(path: Path, line: bytes) -> None:
    async def client(signals: list[Signal]) -> None:
        wrong, right = (await ask(path, line + b"\nstatus\n")).decode().splitlines()
        assert wrong == f"error unknown word; known: {', '.join(WORDS)}"
        assert right == "ok key up"
        assert not signals

    served(path, client)


def test_a_line_without_an_end_is_not_kept(path: Path) -> None:
    async def client(signals: list[Signal]) -> None:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"m" * 10 * LONGEST_LINE)
        assert await reader.readline() == b"error that line is too long\n"
        assert await ask(path, b"mute") == b"ok key up, muted\n"
        writer.close()

    served(path, client)


def test_several_clients_are_served_at_once_and_one_too_many_is_told(path: Path) -> None:
    async def client(signals: list[Signal]) -> None:
        clients = [await asyncio.open_unix_connection(path) for _ in range(MOST_CLIENTS)]
        for reader, writer in clients:
            writer.write(b"press\n")
            assert await reader.readline() == b"ok key down\n"
        reader, one_more = await asyncio.open_unix_connection(path)
        assert await reader.read() == b"error too many clients\n"
        for _, writer in clients:
            writer.close()
        for _, writer in clients:
            await writer.wait_closed()
        one_more.close()
        assert signals == [Signal.PRESS] * MOST_CLIENTS

    served(path, client)


def test_it_ends_while_clients_are_connected(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as other:

        async def client(signals: list[Signal]) -> None:
            other.connect(str(path))
            await ask(path, b"status")

        served(path, client)
        assert other.recv(1) == b""
    assert not path.exists()


def answered(
    path: Path, asked: Mapping[str, Asked], client: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Run `client` while somebody listens at `path` who has answers for what is `asked`."""

    async def hold() -> None:
        async with asyncio.timeout(10):
            async with ControlSocket(path, lambda _: None, lambda: "listening", asked):
                await client()

    asyncio.run(hold())


def test_status_may_tell_more_than_a_key_does(path: Path) -> None:
    async def status() -> str:
        return "listening; ready; no network"

    async def client() -> None:
        answer = await ask(path, b"status\nmute\n")
        assert answer.decode().splitlines() == ["ok listening; ready; no network", "ok listening"]

    answered(path, {"status": status}, client)


def test_a_reload_answers_when_it_is_done_and_nobody_else_waits(path: Path) -> None:
    done = asyncio.Event()

    async def reload() -> str:
        await done.wait()
        return "the new settings are in force"

    async def client() -> None:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"reload\n")
        assert await ask(path, b"status\n") == b"ok listening\n"
        done.set()
        assert await reader.readline() == b"ok the new settings are in force\n"
        writer.close()

    answered(path, {"reload": reload}, client)


def test_a_reload_that_is_refused_is_an_error_of_one_line(path: Path) -> None:
    async def reload() -> str:
        raise BadInputError("refused: vad.threshold\nis 7", "See config.yaml.")

    async def client() -> None:
        assert (
            await ask(path, b"reload\n") == b"error refused: vad.threshold is 7. See config.yaml.\n"
        )
        code, text = await asyncio.to_thread(command, path, "reload")
        assert (code, text) == (
            2,
            f"{path} answers: refused: vad.threshold is 7. See config.yaml.",
        )

    answered(path, {"reload": reload}, client)


def test_where_nobody_can_reload_the_word_is_unknown(path: Path) -> None:
    async def client(signals: list[Signal]) -> None:
        assert (await ask(path, b"reload")).startswith(b"error unknown word")

    served(path, client)


def test_whoever_waits_for_an_answer_does_not_hold_up_the_end(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as other:

        async def client() -> None:
            other.connect(str(path))
            other.sendall(b"reload\n")
            await ask(path, b"status")

        answered(path, {"reload": asyncio.Event().wait}, client)
        assert other.recv(1) == b""


def test_a_config_that_is_no_good_does_not_keep_one_from_asking(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the one that runs who has to say what is wrong."""
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(path.parent))
    bad = path.parent / "config.yaml"
    path.parent.mkdir()
    bad.write_text("what: is this")

    async def reload() -> str:
        return "said it"

    async def client() -> None:
        def ask_with(word: str) -> object:
            result = CliRunner().invoke(app, ["control", word, "--config", str(bad)])
            return result.exception or result.output.strip()

        assert await asyncio.to_thread(ask_with, "reload") == "said it"
        assert isinstance(await asyncio.to_thread(ask_with, "mute"), ConfigError)

    answered(path, {"reload": reload}, client)


def test_only_its_owner_may_use_it(path: Path) -> None:
    async def client(signals: list[Signal]) -> None:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    served(path, client)


def test_a_socket_that_a_crash_left_is_replaced(path: Path) -> None:
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))

    async def client(signals: list[Signal]) -> None:
        assert await ask(path, b"status") == b"ok key up\n"

    served(path, client)
    assert not path.exists()


def test_a_socket_that_is_in_use_is_left_alone(path: Path) -> None:
    async def client(signals: list[Signal]) -> None:
        with pytest.raises(ConfigError, match="another edgevoice listens there"):
            async with ControlSocket(path, signals.append, str):
                pass
        assert await ask(path, b"status") == b"ok key up\n"

    served(path, client)


def test_a_socket_that_took_our_place_is_left_alone(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as other:

        async def client(signals: list[Signal]) -> None:
            path.rename(path.with_name("ours"))  # so that the other one gets an inode of its own
            other.bind(str(path))

        served(path, client)
    assert path.is_socket()


async def never(signals: list[Signal]) -> None:
    raise AssertionError("nobody can listen there")


def test_what_is_not_a_socket_is_not_removed(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("a diary")
    with pytest.raises(ConfigError, match="cannot be made"):
        served(path, never)
    assert path.read_text() == "a diary"


def test_a_path_that_is_too_long_or_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / ("long" * 30) / "control", tmp_path / "file" / "control"):
        with pytest.raises(ConfigError, match=r"cannot be made .*attention\.control_socket"):
            served(path, never)


def test_where_it_is() -> None:
    service = {"RUNTIME_DIRECTORY": "/run/edgevoice:/run/more", "XDG_RUNTIME_DIR": "/run/user/1"}
    assert socket_path("auto", service) == Path("/run/edgevoice/control")
    user = {"XDG_RUNTIME_DIR": "/run/user/1"}
    assert socket_path("auto", user) == Path("/run/user/1/edgevoice/control")
    assert socket_path("auto", {}) is None
    assert socket_path("none", service) is None
    assert socket_path("/run/mine", service) == Path("/run/mine")


def command(path: Path, word: str) -> tuple[int, str]:
    """Exit code and words of `edgevoice control`."""
    result = CliRunner().invoke(app, ["control", word, "--socket", str(path)])
    if isinstance(result.exception, BadInputError):
        return result.exception.exit_code, str(result.exception)
    return result.exit_code, result.output.strip()


def test_the_command_tells_the_state(path: Path) -> None:
    async def client(signals: list[Signal]) -> None:
        assert await asyncio.to_thread(command, path, "mute") == (0, "key up, muted")
        assert await asyncio.to_thread(command, path, "status") == (0, "key up, muted")
        code, text = await asyncio.to_thread(command, path, "shout")
        assert code == 2 and text.startswith("'shout' is no word")
        assert signals == [Signal.MUTE]

    served(path, client)


def test_the_command_says_so_when_nothing_runs(path: Path) -> None:
    nothing = (2, f"no edgevoice listens at {path}. Start `edgevoice run`, or name its socket.")
    assert command(path, "mute") == nothing
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    assert command(path, "mute") == nothing


def test_the_command_says_so_when_there_is_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    result = CliRunner().invoke(app, ["control", "mute"])
    assert isinstance(result.exception, ConfigError)
    assert "no control socket" in str(result.exception)


def test_an_unknown_word_is_told_before_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    result = CliRunner().invoke(app, ["control", "hush"])
    assert isinstance(result.exception, BadInputError)
    assert "'hush' is no word" in str(result.exception)


def test_a_client_that_takes_no_answer_does_not_keep_us_from_ending(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as deaf:

        async def client(signals: list[Signal]) -> None:
            deaf.connect(str(path))
            deaf.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:  # until nothing more is taken, because nothing is answered any more
                    deaf.send(b"x\n" * 5_000)
                    await asyncio.sleep(0)
            assert await ask(path, b"status") == b"ok key up\n"

        with mock.patch.object(control, "PAUSE_S", 0):
            served(path, client)


def test_a_client_that_sends_without_end_does_not_keep_us_from_anything_else(path: Path) -> None:
    async def client(signals: list[Signal]) -> None:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"status\n" * 9_000)
        assert await reader.readline() == b"ok key up\n"
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(await reader.read(1 << 20)) < 1_000  # far from all
        writer.transport.abort()

    served(path, client)


def test_a_client_that_says_nothing_makes_room_for_others(path: Path) -> None:
    async def hold() -> None:
        async with ControlSocket(path, lambda _: None, lambda: "well"):
            silent = [await asyncio.open_unix_connection(path) for _ in range(MOST_CLIENTS)]
            assert [await reader.read() for reader, _ in silent] == [b""] * MOST_CLIENTS
            assert asyncio.get_running_loop().time() >= control.IDLE_S
            assert await ask(path, b"status") == b"ok well\n"
            for _, writer in silent:
                writer.close()

    run_virtual(hold())


def test_an_answer_that_drips_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "PATIENCE_S", 0.1)

    left = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while True:
                writer.write(b"o")
                await writer.drain()
                await asyncio.sleep(0.01)  # that it drips is what it is about
        writer.close()
        left.set()

    async def hold() -> None:
        async with asyncio.timeout(5), await asyncio.start_unix_server(drip, tmp_path / "s"):
            with pytest.raises(BadInputError, match="no answer"):
                await asyncio.to_thread(send, tmp_path / "s", "mute")
            await left.wait()

    asyncio.run(hold())


@pytest.mark.parametrize("answer", [b"", b"error unknown word", b"hello\n", b"\xff" * 10_000])
def test_a_stranger_at_the_other_end_is_an_error(tmp_path: Path, answer: bytes) -> None:
    async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(answer)
        writer.close()

    async def hold() -> None:
        async with asyncio.timeout(10):
            async with await asyncio.start_unix_server(stranger, tmp_path / "s"):
                with pytest.raises(BadInputError, match=r"answers|no answer"):
                    await asyncio.to_thread(send, tmp_path / "s", "mute")

    asyncio.run(hold())
