"""Splits a Piper voice in two, so that its sound begins long before the clause is finished.

A voice (VITS: Kim et al. 2021, arXiv:2106.06103) is two networks in one file. The first turns
phonemes into some eighty frames a second; it looks at the whole clause. The second, the decoder
(HiFi-GAN: Kong et al. 2020, arXiv:2010.05646), turns frames into samples; it is most of the work,
and looks only a few frames around itself, so that it can be run window by window.

The cut lies behind the decoder's first upsampling. There a single tensor crosses, whatever the
number of speakers, and it is fine enough in time for short windows to give the very samples that
the whole gives (`piper_blocks`). How much more than it keeps a window has to see follows from the
kernels, strides and dilations between there and the sound.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

from edgevoice.engines.piper_blocks import Parts

_POINTWISE = {"LeakyRelu", "Relu", "Tanh", "Sigmoid", "Identity", "Unsqueeze", "Squeeze"}
"""Operators that make a sample from the same sample (or only write the shape differently)."""

_PAIRWISE = {"Add", "Sub", "Mul", "Div"}


@dataclass(frozen=True, slots=True)
class Reach:
    """What a stretch of sound depends on: `left` and `right` more of a tensor, at its own rate.

    `scale`: samples of the sound for every step of the tensor.
    """

    left: int = 0
    right: int = 0
    scale: int = 1

    def __or__(self, other: "Reach") -> "Reach":
        """What two readers of one tensor depend on together."""
        if self.scale != other.scale:
            raise _UnsplittableError
        return Reach(max(self.left, other.left), max(self.right, other.right), self.scale)

    def through_conv(self, kernel: int, dilation: int, before: int) -> "Reach":
        """The reach into the input of a convolution with `before` steps of padding in front."""
        return Reach(self.left + before, self.right + dilation * (kernel - 1) - before, self.scale)

    def through_upsampling(self, kernel: int, stride: int, dilation: int, before: int) -> "Reach":
        """The reach into the input of a transposed convolution.

        Its sample j sums the steps i with 0 ≤ j + before - i x stride ≤ dilation x (kernel - 1).
        """
        left = (self.left + dilation * (kernel - 1) - before) // stride
        right = (self.right - 1 + before) // stride + 1
        return Reach(left, right, self.scale * stride)


class _UnsplittableError(Exception):
    """The graph is not one that can be run in windows."""


def split(path: Path) -> Parts | None:
    """The voice in two parts; None if its graph does not allow it, or is no graph at all."""
    try:
        model = onnx.load(path, load_external_data=False)
    except Exception:  # the parser's exceptions are another package's
        return None
    try:
        return _Splitter(model).parts()
    except (_UnsplittableError, LookupError, ValueError, ArithmeticError):
        return None  # nodes that lack what they should have: whoever opens it whole says so


class _Splitter:
    """Works on one model; whatever it does not understand makes the voice unsplittable."""

    def __init__(self, model: Any) -> None:
        self._model, self._nodes = model, list(model.graph.node)
        self._sound = model.graph.output[0]
        self._weights = {weight.name: weight for weight in model.graph.initializer}
        self._constants = {
            node.output[0]: node for node in self._nodes if node.op_type == "Constant"
        }
        if any(weight.data_location == TensorProto.EXTERNAL for weight in self._weights.values()):
            raise _UnsplittableError
        first = next((node for node in self._nodes if node.op_type == "ConvTranspose"), None)
        if first is None or self._weights[first.input[1]].data_type != TensorProto.FLOAT:
            raise _UnsplittableError
        self._cut: str = first.output[0]
        self._decoder = self._downstream()
        self._made = {self._cut}.union(*(node.output for node in self._decoder))

    def parts(self) -> Parts:
        reach = self._reach()
        decoder = {id(node) for node in self._decoder}
        front = [node for node in self._nodes if id(node) not in decoder]
        inputs = [each for each in self._model.graph.input if each.name not in self._weights]
        border = helper.make_tensor_value_info(
            self._cut, TensorProto.FLOAT, [1, "channels", "steps"]
        )
        return Parts(
            front=self._model_of(front, inputs, border),
            decoder=self._model_of(self._fixed() + self._decoder, [border], self._sound),
            cut=self._cut,
            rate=reach.scale,
            left=reach.left,
            right=reach.right,
        )

    def _downstream(self) -> list[Any]:
        """The nodes that need the cut tensor, in order (a graph's nodes are sorted already)."""
        known, nodes = {self._cut}, []
        for node in self._nodes:
            if known.intersection(_reads(node)):
                known.update(node.output)
                nodes.append(node)
        return nodes

    def _fixed(self) -> list[Any]:
        """The nodes before the cut that the decoder reads as well, all of them constants."""
        read = {name for node in self._decoder for name in node.input if name}
        wanted = read - self._made - set(self._weights)
        nodes = [node for node in self._nodes if wanted.intersection(node.output)]
        copies = [node for node in nodes if node.op_type == "Identity"]
        known = set(self._constants).union(*(node.output for node in copies))
        if wanted - known or any(node.input[0] not in self._weights for node in copies):
            raise _UnsplittableError
        return nodes

    def _reach(self) -> Reach:
        """How far the sound reaches into the cut tensor, walking from the sound backwards."""
        reaches = {self._sound.name: Reach()}
        for node in reversed(self._decoder):
            reach = self._through(node, reaches[node.output[0]])
            for name in self._made.intersection(node.input):
                reaches[name] = reaches[name] | reach if name in reaches else reach
        return reaches[self._cut]

    def _through(self, node: Any, reach: Reach) -> Reach:
        """What `node` needs of its input, for its output to reach as far as `reach`."""
        if node.op_type in _POINTWISE:
            return reach
        if node.op_type in _PAIRWISE:
            if all(name in self._made or self._is_steady(name) for name in node.input):
                return reach
        elif node.input[0] in self._made and not self._made.intersection(node.input[1:]):
            kernel, stride, dilation, (before, after), more = _geometry(node)
            shrinks = dilation * (kernel - 1) - before - after
            if node.op_type == "Conv" and stride == 1 and shrinks == 0:
                return reach.through_conv(kernel, dilation, before)
            if node.op_type == "ConvTranspose" and stride == shrinks + 1 + more:
                return reach.through_upsampling(kernel, stride, dilation, before)
        raise _UnsplittableError

    def _is_steady(self, name: str) -> bool:
        """Whether the tensor is a constant that is the same at every step."""
        if name in self._constants:
            value = _attributes(self._constants[name])["value"]
        else:
            value = self._weights[name]
        return list(value.dims[-1:]) in ([], [1])

    def _model_of(self, nodes: list[Any], inputs: list[Any], output: Any) -> bytes:
        read = {name for node in nodes for name in _reads(node)}
        weights = [weight for name, weight in self._weights.items() if name in read]
        model = helper.make_model(
            helper.make_graph(nodes, "part", inputs, [output], weights),
            opset_imports=self._model.opset_import,
            ir_version=self._model.ir_version,
            functions=self._model.functions,
        )
        return bytes(model.SerializeToString())


def _reads(node: Any) -> Iterator[str]:
    """The tensors that a node reads, in branches and loops inside it too."""
    yield from node.input
    for attribute in node.attribute:
        for inner in (attribute.g, *attribute.graphs):
            for below in inner.node:
                yield from _reads(below)


def _geometry(node: Any) -> tuple[int, int, int, tuple[int, int], int]:
    """Kernel, stride, dilation, padding and output padding of a convolution along time."""
    found = _attributes(node)
    if found.get("auto_pad", b"NOTSET") != b"NOTSET" or "output_shape" in found:
        raise _UnsplittableError
    (kernel,), (stride,) = found["kernel_shape"], found.get("strides", [1])
    (dilation,), (before, after) = found.get("dilations", [1]), found.get("pads", [0, 0])
    (more,) = found.get("output_padding", [0])
    return kernel, stride, dilation, (before, after), more


def _attributes(node: Any) -> dict[str, Any]:
    return {each.name: helper.get_attribute_value(each) for each in node.attribute}
