"""Voices in two parts: the same sound, earlier; and the graphs that had better stay whole."""

import platform
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edgevoice.audio.chunk import Samples
from edgevoice.engines.base import NEVER
from edgevoice.engines.onnx import open_session
from edgevoice.engines.piper import PiperVoice
from edgevoice.engines.piper_blocks import FIRST, GRAIN, LONGEST, InBlocks, Parts, Sound, windows
from edgevoice.engines.piper_split import split
from tests.engines.flags import StopAfter
from tools.bench.shape_voice import MINIATURE, Shape, graph, write_voice

pytestmark = pytest.mark.engine

REAL_DECODER = Shape(16, 2, 1, 32, 1, 1, 1)
"""The decoder of a medium voice, behind a front that costs nothing."""

Change = Callable[[onnx.GraphProto], None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("voices")


@pytest.fixture(scope="module")
def small(folder: Path) -> Path:
    write_voice(folder / "small.onnx", shape=MINIATURE)
    return folder / "small.onnx"


@pytest.fixture(scope="module")
def real(folder: Path) -> Path:
    write_voice(folder / "real.onnx", shape=REAL_DECODER)
    return folder / "real.onnx"


def feeds(phonemes: int, **more: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """So many phonemes, spoken without chance."""
    return {
        "input": np.random.default_rng(phonemes).integers(3, 150, (1, phonemes)),
        "input_lengths": np.array([phonemes]),
        "scales": np.array([0, 1, 0], np.float32),
        **more,
    }


def opened(path: Path, part: bytes | None = None, threads: int = 1) -> Any:
    return open_session(path, threads=threads, cure="", part=part)


def parts_of(path: Path) -> Parts:
    parts = split(path)
    assert parts is not None
    return parts


def in_blocks(path: Path, threads: int = 1) -> InBlocks:
    parts = parts_of(path)
    front, decoder = (opened(path, part, threads) for part in (parts.front, parts.decoder))
    return InBlocks(front, decoder, parts, threads)


def whole(path: Path, inputs: dict[str, NDArray[Any]], threads: int = 1) -> Sound:
    sound: Sound = opened(path, threads=threads).run(None, inputs)[0].reshape(-1)
    return sound


def int16(sound: Sound) -> Samples:
    return (sound * 32767).astype(np.int16)


def assert_same(one: Sound, other: Sound) -> None:
    """Bit by bit where that was seen to hold; elsewhere as near as rounding may be."""
    assert one.shape == other.shape
    if platform.machine() == "x86_64":
        assert np.array_equal(one, other)
    else:
        assert np.abs(int16(one).astype(int) - int16(other)).max() <= 1


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("phonemes", [1, 4, 5, 9, 17, 40, 55])
def test_the_sound_is_that_of_the_whole_bit_by_bit(real: Path, phonemes: int, threads: int) -> None:
    blocks = list(in_blocks(real, threads).run(feeds(phonemes), NEVER))
    assert len(blocks) > 1 or phonemes <= 4
    assert_same(np.concatenate(blocks), whole(real, feeds(phonemes), threads))


def test_the_reach_is_the_decoders_own(small: Path) -> None:
    """Moving one step moves the samples within reach, up to both ends of it, and no others."""
    parts, at = parts_of(small), 150
    decoder = opened(small, parts.decoder)
    steps = np.random.default_rng(1).normal(size=(1, 8, 300)).astype(np.float32)
    before = decoder.run(None, {parts.cut: steps})[0].reshape(-1)
    steps[:, :, at] += 10
    after = decoder.run(None, {parts.cut: steps})[0].reshape(-1)
    moved = np.flatnonzero(before != after) // parts.rate
    assert (moved[0], moved[-1]) == (at - parts.right, at + parts.left)
    assert len(before) == 300 * parts.rate


@given(
    steps=st.integers(0, 5000),
    left=st.integers(0, 300),
    right=st.integers(0, 300),
    threads=st.integers(1, 4),
)
def test_windows(steps: int, left: int, right: int, threads: int) -> None:
    made = list(windows(steps, left, right, GRAIN * threads))
    assert [0, *(window.end for window in made)] == [*(window.keep for window in made), steps]
    for start, stop, keep, end in made:
        assert 0 <= start <= keep < end <= stop <= steps
        assert start == 0 or start <= keep - left
        assert stop == steps or stop >= end + right
        assert (stop - start) % (GRAIN * threads) == 0 or (start, stop) == (0, steps)
        assert stop - start <= max(LONGEST, left + right + 1) + GRAIN * threads


def test_the_first_block_is_short_and_the_decoder_has_done_no_more(real: Path) -> None:
    network = in_blocks(real)
    decoder, runs = network._decoder, []

    class Counting:
        def run(self, *args: Any) -> Any:
            runs.append(args)
            return decoder.run(*args)

    network._decoder = Counting()
    first = next(iter(network.run(feeds(60), NEVER)))
    assert len(runs) == 1
    assert len(first) < FIRST * parts_of(real).rate


def test_stops_between_blocks(real: Path) -> None:
    network = in_blocks(real)
    all_of_it = list(network.run(feeds(60), NEVER))
    for looks in range(len(all_of_it)):
        assert len(list(network.run(feeds(60), StopAfter(looks)))) == looks


def test_a_voice_in_blocks_is_a_voice(small: Path) -> None:
    voice = PiperVoice(small, threads=1)
    assert isinstance(voice._network, InBlocks)
    chunks = list(voice.synthesize("A clause of some length, and another. The end.", Event()))
    ends = [0, *(chunk.end for chunk in chunks)]
    assert [chunk.start for chunk in chunks] == ends[:-1]
    halt = StopAfter(3)
    assert 0 < len(list(voice.synthesize("A clause of some length.", halt))) < len(chunks)


def test_a_voice_may_be_kept_whole(small: Path) -> None:
    assert not isinstance(PiperVoice(small, threads=1, early=False)._network, InBlocks)


def test_parts_that_do_not_open_leave_the_voice_whole(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = replace(parts_of(small), decoder=b"broken")
    monkeypatch.setattr("edgevoice.engines.piper_split.split", lambda _: broken)
    assert not isinstance(PiperVoice(small, threads=1)._network, InBlocks)


def changed(small: Path, tmp_path: Path, change: Change) -> Path:
    model = onnx.load(small)
    change(model.graph)
    onnx.save(model, tmp_path / "changed.onnx")
    return tmp_path / "changed.onnx"


def node(graph: onnx.GraphProto, name: str) -> onnx.NodeProto:
    return next(each for each in graph.node if each.name == name)


def insert(graph: onnx.GraphProto, after: str, kind: str, *more: str, **attributes: Any) -> None:
    """Put an operator behind the node `after`."""
    place = next(at for at, each in enumerate(graph.node) if each.name == after)
    output = graph.node[place].output[0]
    graph.node[place].output[0] = "before"
    graph.node.insert(
        place + 1, helper.make_node(kind, ["before", *more], [output], "new", **attributes)
    )


def test_several_speakers(small: Path, tmp_path: Path) -> None:
    """As in Piper: the speaker's vector is added to what enters the decoder."""

    def add_speakers(graph: onnx.GraphProto) -> None:
        voices = np.random.default_rng(1).normal(size=(3, 16, 1)).astype(np.float32)
        graph.initializer.append(numpy_helper.from_array(voices, "emb_g.weight"))
        graph.input.append(helper.make_tensor_value_info("sid", TensorProto.INT64, [1]))
        insert(graph, "/dec/conv_pre/Conv", "Add", "speaker")
        graph.node.insert(0, helper.make_node("Gather", ["emb_g.weight", "sid"], ["speaker"]))

    path = changed(small, tmp_path, add_speakers)
    sounds = []
    for speaker in range(2):
        inputs = feeds(40, sid=np.array([speaker]))
        sounds.append(np.concatenate(list(in_blocks(path).run(inputs, NEVER))))
        assert_same(sounds[-1], whole(path, inputs))
    assert not np.array_equal(sounds[0], sounds[1])


def test_constants_on_both_sides_of_the_cut(small: Path, tmp_path: Path) -> None:
    """Exporters write numbers as nodes, and weights that are equal once, with copies."""

    def rewrite(graph: onnx.GraphProto) -> None:
        bias, name = node(graph, "/dec/conv_post/Conv").input[2], "/dec/conv_post/bias"
        node(graph, "/dec/conv_post/Conv").input[2] = name
        graph.node.insert(0, helper.make_node("Identity", [bias], [name]))
        third = helper.make_tensor("three", TensorProto.FLOAT, [], [3.0])
        graph.node.insert(0, helper.make_node("Constant", [], ["three"], value=third))
        for stage in ("", "_1", "_2"):
            node(graph, f"/dec/Div{stage}").input[1] = "three"

    path = changed(small, tmp_path, rewrite)
    assert_same(
        np.concatenate(list(in_blocks(path).run(feeds(40), NEVER))), whole(small, feeds(40))
    )


def stride(graph: onnx.GraphProto) -> None:
    insert(graph, "/dec/LeakyRelu_1", "MaxPool", kernel_shape=[2], strides=[2])


def valid_padding(graph: onnx.GraphProto) -> None:
    for attribute in node(graph, "/dec/conv_post/Conv").attribute:
        if attribute.name == "pads":
            attribute.ints[:] = [3, 0]


def mean_over_time(graph: onnx.GraphProto) -> None:
    insert(graph, "/dec/LeakyRelu_1", "InstanceNormalization", "gamma", "beta")
    for name in ("gamma", "beta"):
        graph.initializer.append(numpy_helper.from_array(np.ones(8, np.float32), name))


def second_crossing(graph: onnx.GraphProto) -> None:
    insert(graph, "/dec/Div_1", "Add", "/dec/LeakyRelu_output_0")


def steps_that_differ(graph: onnx.GraphProto) -> None:
    ramp = numpy_helper.from_array(np.ones((1, 1, 7), np.float32), "ramp")
    graph.initializer.append(ramp)
    insert(graph, "/dec/LeakyRelu_1", "Mul", "ramp")


def another_rate(graph: onnx.GraphProto) -> None:
    node(graph, "/dec/Add").input[1] = "/dec/Div_1_output_0"


def no_attributes(graph: onnx.GraphProto) -> None:
    del node(graph, "/dec/conv_post/Conv").attribute[:]


def no_inputs(graph: onnx.GraphProto) -> None:
    del node(graph, "/dec/conv_post/Conv").input[:]


def no_outputs(graph: onnx.GraphProto) -> None:
    del graph.output[:]


@pytest.mark.parametrize(
    "change",
    [
        stride,
        valid_padding,
        mean_over_time,
        second_crossing,
        steps_that_differ,
        another_rate,
        no_attributes,
        no_inputs,
        no_outputs,
    ],
    ids=lambda change: change.__name__,
)
def test_other_decoders_stay_whole(small: Path, tmp_path: Path, change: Change) -> None:
    assert split(changed(small, tmp_path, change)) is None


def test_files_that_are_no_such_voice(whistle: Path, tmp_path: Path) -> None:
    (tmp_path / "garbage").write_bytes(b"garbage" * 50)
    for path in (whistle, tmp_path / "garbage", tmp_path / "missing", tmp_path):
        assert split(path) is None


MODEL = graph(shape=MINIATURE).SerializeToString()


@settings(max_examples=30)
@given(at=st.integers(0, len(MODEL) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_damage_is_survived(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int, cut: bool
) -> None:
    damaged = MODEL[:at] if cut else MODEL[:at] + bytes([byte]) + MODEL[at + 1 :]
    path = tmp_path_factory.getbasetemp() / "damaged.onnx"
    path.write_bytes(damaged)
    split(path)
