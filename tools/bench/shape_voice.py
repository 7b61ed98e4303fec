"""Writes a Piper voice of real size that has never heard speech: python -m tools.bench.shape_voice

What synthesis costs depends on the sizes of the layers and not on what they have learnt, so a
network with the published shape of a medium Piper voice and random weights takes the time of a
real one where no weights can be had. What it says is quiet noise: it measures speed, never quality.

The shape is that of VITS (Kim et al. 2021, arXiv:2106.06103) as Piper trains its medium voices,
and the names of the nodes are those of Piper's exports. Three things are simpler. Attention has no
relative positions; layer norms are single nodes, so that the graph has hundreds of nodes where
Piper's has thousands; and every phoneme lasts as long as it is told to, so that a text is as
long in every run as in the next.
"""

import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

from tools.bench.onnx_graph import Graph

DEFAULT_FILE = Path("bench-output/shapes/voice-medium/voice.onnx")
SYMBOLS = 256
PHONEME_FRAMES, PAD_FRAMES = 5, 2
"""Frames that a phoneme and the gap after it last: 12.3 phonemes a second, as people speak."""


@dataclass(frozen=True)
class Shape:
    """Sizes of a voice. The defaults are those of a medium voice at 22,050 Hz."""

    hidden: int = 192
    heads: int = 2
    layers: int = 6
    ffn: int = 768
    duration_flows: int = 3
    flows: int = 4
    wavenet_layers: int = 4
    channels: int = 256
    rates: tuple[int, ...] = (8, 8, 4)
    resblocks: tuple[tuple[int, tuple[int, ...]], ...] = ((3, (1, 2)), (5, (2, 6)), (7, (3, 12)))
    sample_rate: int = 22_050

    @property
    def hop(self) -> int:
        """Samples per frame."""
        return math.prod(self.rates)


MEDIUM = Shape()
MINIATURE = Shape(16, 2, 1, 32, 1, 1, 1, channels=16)


def _text_encoder(g: Graph, shape: Shape, mask: str) -> tuple[str, str, str]:
    """Phoneme ids → what is said (hidden), and mean and log deviation of how it may sound."""
    size = shape.hidden
    g.at = "/enc_p"
    table = g.normal("emb.weight", SYMBOLS, size, scale=1.0)
    x = g("Mul", g("Transpose", g("Gather", table, "input"), perm=[0, 2, 1]), mask)
    for layer in range(shape.layers):
        g.at = "/enc_p/encoder"
        heard = _attention(g, shape, f"/enc_p/encoder/attn_layers.{layer}", x)
        x = g.norm(f"norm_layers_1.{layer}", g("Add", x, heard), size)
        ffn = f"ffn_layers.{layer}"
        wide = g.conv(f"{ffn}/conv_1", g("Mul", x, mask), (size, shape.ffn), 3)
        narrow = g.conv(f"{ffn}/conv_2", g("Mul", g("Relu", wide), mask), (shape.ffn, size), 3)
        x = g.norm(f"norm_layers_2.{layer}", g("Add", x, g("Mul", narrow, mask)), size)
    x = g("Mul", x, mask)
    g.at = "/enc_p"
    stats = g("Mul", g.conv("proj", x, (size, 2 * size), gain=0.5), mask)
    mean, deviation = g.node("Split", stats, outputs=2, axis=1)
    return x, mean, deviation


def _attention(g: Graph, shape: Shape, module: str, x: str) -> str:
    size, outer = (shape.hidden, shape.hidden), g.at
    g.at = module
    split = g.const([1, shape.heads, shape.hidden // shape.heads, -1], np.int64)
    query, key, value = (
        g("Reshape", g.conv(f"conv_{part}", x, size), split) for part in ("q", "k", "v")
    )
    query = g("Div", query, g.const(math.sqrt(shape.hidden / shape.heads)))
    scores = g("MatMul", g("Transpose", query, perm=[0, 1, 3, 2]), key)
    heard = g("MatMul", value, g("Transpose", g("Softmax", scores, axis=-1), perm=[0, 1, 3, 2]))
    made = g.conv("conv_o", g("Reshape", heard, g.const([1, shape.hidden, -1], np.int64)), size)
    g.at = outer
    return made


def _separable(g: Graph, module: str, x: str, mask: str, size: int) -> str:
    """Three dilated depth-separable convolutions: what the duration predictor is made of."""
    for layer in range(3):
        own = f"{module}/convs_sep.{layer}"
        y = g.conv(own, g("Mul", x, mask), (size, size), 3, dilation=3**layer, group=size)
        y = g.gelu(g.norm(f"{module}/norms_1.{layer}", y, size))
        y = g.conv(f"{module}/convs_1x1.{layer}", y, (size, size))
        x = g("Add", x, g.gelu(g.norm(f"{module}/norms_2.{layer}", y, size)))
    return g("Mul", x, mask)


def _durations(g: Graph, shape: Shape, x: str, mask: str) -> str:
    """How many frames every id lasts, [1, 1, ids]: a predictor's work, and a table's answer.

    The predictor moves the logarithm of the table's entry by less than 0.01, and the entry lies
    half a frame below what rounding up makes of it.
    """
    size = shape.hidden
    g.at = "/dp"
    x = _separable(g, "convs", g.conv("pre", x, (size, size)), mask, size)
    x = g.conv("proj", x, (size, size))
    noise_scale = g("Gather", "scales", g.const(2, np.int64))
    first = g("Slice", x, *(g.const([n], np.int64) for n in (0, 2, 1)))
    z = g("Mul", g("RandomNormalLike", first), noise_scale)
    for flow in reversed(range(3, 3 + 2 * shape.duration_flows, 2)):
        known, moved = g.node("Split", z, outputs=2, axis=1)
        own = f"flows.{flow}"
        h = g("Add", g.conv(f"{own}/pre", known, (1, size)), x)
        bins = g.conv(f"{own}/proj", _separable(g, f"{own}/convs", h, mask, size), (size, 29))
        shift = g("ReduceMean", bins, axes=[1], keepdims=1)
        z = g("Concat", g("Add", moved, shift), known, axis=1)
    nudge = g("Mul", g("Tanh", g.node("Split", z, outputs=2, axis=1)[0]), g.const(0.01))
    lengths = np.full(SYMBOLS, PHONEME_FRAMES - 0.5, np.float32)
    lengths[DEFAULT_PHONEME_ID_MAP["_"][0]] = PAD_FRAMES - 0.5
    usual = g("Gather", g.weight("lengths", lengths), "input")
    usual = g("Unsqueeze", usual, g.const([1], np.int64))
    g.at = ""
    longer = g("Gather", "scales", g.const(1, np.int64))
    frames = g("Mul", g("Mul", g("Mul", g("Exp", nudge), usual), mask), longer)
    return g("Ceil", frames)


def _spread(g: Graph, durations: str) -> tuple[str, str]:
    """The path from ids to frames, [1, frames, ids], 1 where they meet; and the frames' mask."""
    g.at = ""
    ends = g("CumSum", durations, g.const(2, np.int64))
    count = g("Cast", g("ReduceMax", ends, keepdims=0), to=TensorProto.INT64)
    frames = g("Range", g.const(0, np.int64), count, g.const(1, np.int64))
    moments = g("Cast", g("Unsqueeze", frames, g.const([0, 2], np.int64)), to=TensorProto.FLOAT)
    begun = g("GreaterOrEqual", moments, g("Sub", ends, durations))
    path = g("Cast", g("And", begun, g("Less", moments, ends)), to=TensorProto.FLOAT)
    mask = g("Less", g("Transpose", moments, perm=[0, 2, 1]), g("ReduceMax", ends, keepdims=1))
    return path, g("Cast", mask, to=TensorProto.FLOAT)


def _latent(g: Graph, path: str, mean: str, deviation: str) -> str:
    """How the frames may sound, drawn at random, [1, hidden, frames]."""
    g.at = ""
    mean, deviation = (
        g("Transpose", g("MatMul", path, g("Transpose", x, perm=[0, 2, 1])), perm=[0, 2, 1])
        for x in (mean, deviation)
    )
    noise = g("Mul", g("RandomNormalLike", mean), g("Exp", deviation))
    return g("Add", mean, g("Mul", noise, g("Gather", "scales", g.const(0, np.int64))))


def _flow(g: Graph, shape: Shape, z: str, mask: str) -> str:
    """Residual coupling layers, run backwards as in synthesis."""
    half, size = shape.hidden // 2, shape.hidden
    for flow in reversed(range(shape.flows)):
        g.at = "/flow"
        z = g("Slice", z, *(g.const([n], np.int64) for n in (-1, -size - 1, 1, -1)))
        known, moved = g.node("Split", z, outputs=2, axis=1)
        g.at = f"/flow/flows.{2 * flow}"
        h = _wavenet(g, shape, g("Mul", g.conv("pre", known, (half, size)), mask), mask)
        shift = g("Mul", g.conv("post", h, (size, half), gain=0.1), mask)
        z = g("Concat", known, g("Mul", g("Sub", moved, shift), mask), axis=1)
    return z


def _wavenet(g: Graph, shape: Shape, x: str, mask: str) -> str:
    size, outer = shape.hidden, g.at
    g.at = f"{outer}/enc"
    heard = ""
    for layer in range(shape.wavenet_layers):
        last = layer == shape.wavenet_layers - 1
        both = g.conv(f"in_layers.{layer}", x, (size, 2 * size), 5)
        gate, switch = g.node("Split", both, outputs=2, axis=1)
        act = g("Mul", g("Tanh", gate), g("Sigmoid", switch))
        out = g.conv(f"res_skip_layers.{layer}", act, (size, size if last else 2 * size))
        if not last:
            more, out = g.node("Split", out, outputs=2, axis=1)
            x = g("Mul", g("Add", x, more), mask)
        heard = g("Add", heard, out) if heard else out
    g.at = outer
    return g("Mul", heard, mask)


def _decoder(g: Graph, shape: Shape, z: str) -> str:
    """HiFi-GAN (Kong et al. 2020, arXiv:2010.05646) with its lighter residual blocks."""
    g.at, channels = "/dec", shape.channels
    x = g.conv("conv_pre", z, (shape.hidden, channels), 7)
    for stage, rate in enumerate(shape.rates):
        x = g("LeakyRelu", x, alpha=0.1)
        x = g.upsample(f"ups.{stage}", x, (channels, channels // 2), rate)
        channels //= 2
        blocks = [
            _resblock(g, f"/dec/resblocks.{stage * len(shape.resblocks) + at}", x, channels, *block)
            for at, block in enumerate(shape.resblocks)
        ]
        x = blocks[0]
        for block in blocks[1:]:
            x = g("Add", x, block)
        x = g("Div", x, g.const(len(blocks)))
    x = g.conv("conv_post", g("LeakyRelu", x, alpha=0.01), (channels, 1), 7, gain=0.05)
    return g("Tanh", x)


def _resblock(
    g: Graph, module: str, x: str, channels: int, kernel: int, dilations: tuple[int, ...]
) -> str:
    outer, g.at, size = g.at, module, (channels, channels)
    for at, dilation in enumerate(dilations):
        soft = g("LeakyRelu", x, alpha=0.1)
        more = g.conv(f"convs.{at}", soft, size, kernel, dilation=dilation, gain=0.5)
        x = g("Add", more, x)
    g.at = outer
    return x


def graph(seed: int = 1, shape: Shape = MEDIUM) -> onnx.ModelProto:
    """The network: input [1, n], input_lengths [1], scales [3] → output [1, 1, 1, samples]."""
    g = Graph(np.random.default_rng(seed))
    count = g("Gather", g("Shape", "input"), g.const(1, np.int64))
    ids = g("Range", g.const(0, np.int64), count, g.const(1, np.int64))
    ids = g("Unsqueeze", ids, g.const([0, 1], np.int64))
    mask = g("Cast", g("Less", ids, "input_lengths"), to=TensorProto.FLOAT)

    hidden, mean, deviation = _text_encoder(g, shape, mask)
    path, frames = _spread(g, _durations(g, shape, hidden, mask))
    z = _flow(g, shape, _latent(g, path, mean, deviation), frames)
    g.at = ""
    sound = _decoder(g, shape, g("Mul", z, frames))
    g("Unsqueeze", sound, g.const([1], np.int64))
    g.nodes[-1].output[0] = "output"

    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, "phonemes"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, 1, "time"])]
    made = helper.make_graph(g.nodes, "voice", inputs, outputs, g.weights)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def config(shape: Shape = MEDIUM) -> dict[str, object]:
    """What Piper wants to know about the voice."""
    return {
        "audio": {"sample_rate": shape.sample_rate, "quality": "medium"},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "num_symbols": SYMBOLS,
        "num_speakers": 1,
        "hop_length": shape.hop,
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
    }


def write_voice(path: Path, seed: int = 1, shape: Shape = MEDIUM) -> None:
    """Write the voice to `path` (….onnx) and `path`.json; the same `seed`, the same voice."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(graph(seed, shape).SerializeToString(deterministic=True))
    text = json.dumps(config(shape), ensure_ascii=False, separators=(",", ":"))
    Path(f"{path}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_voice(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FILE)
