"""Writes an ONNX graph node by node, named as PyTorch's exporter names what it traces."""

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

Weights = NDArray[np.float32] | NDArray[np.int64]


@dataclass
class Graph:
    """Nodes and weights so far; `at` is the module, in PyTorch's sense, that is being written."""

    random: np.random.Generator
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    weights: list[onnx.TensorProto] = field(default_factory=list)
    used: Counter[str] = field(default_factory=Counter)
    at: str = ""

    def node(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> list[str]:
        """Add a node, named after its module and kind, and give the names of its outputs."""
        name = f"{self.at}/{kind}"
        again = self.used[name]
        self.used[name] += 1
        name = f"{name}_{again}" if again else name
        made = [f"{name}_output_{index}" for index in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), made, name=name, **attributes))
        return made

    def __call__(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """`node`, for the many kinds that have one output."""
        return self.node(kind, *inputs, **attributes)[0]

    def const(self, value: object, kind: type = np.float32) -> str:
        """A number or a list of them."""
        return self.weight("const", np.asarray(value, kind))

    def weight(self, name: str, values: Weights) -> str:
        name = f"{self.at[1:]}.{name}".replace("/", ".")
        again = self.used[name]
        self.used[name] += 1
        name = f"{name}.{again}" if again else name
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def normal(self, name: str, *shape: int, scale: float) -> str:
        return self.weight(name, self.random.normal(0, scale, shape).astype(np.float32))

    def conv(
        self,
        module: str,
        x: str,
        sizes: tuple[int, int],
        kernel: int = 1,
        *,
        dilation: int = 1,
        group: int = 1,
        gain: float = 1.0,
    ) -> str:
        """Convolution from `sizes[0]` to `sizes[1]` channels that keeps length and loudness."""
        outer, self.at = self.at, f"{self.at}/{module}"
        fan_in = sizes[0] // group * kernel
        weight = self.normal(
            "weight", sizes[1], sizes[0] // group, kernel, scale=gain / math.sqrt(fan_in)
        )
        bias = self.normal("bias", sizes[1], scale=0.01)
        reach = dilation * (kernel - 1) // 2
        made = self(
            "Conv",
            *(x, weight, bias),
            dilations=[dilation],
            group=group,
            kernel_shape=[kernel],
            pads=[reach, reach],
            strides=[1],
        )
        self.at = outer
        return made

    def upsample(self, module: str, x: str, sizes: tuple[int, int], rate: int) -> str:
        """Transposed convolution to `rate` times the length, with a kernel of twice that."""
        outer, self.at = self.at, f"{self.at}/{module}"
        weight = self.normal("weight", *sizes, 2 * rate, scale=1 / math.sqrt(2 * sizes[0]))
        bias = self.normal("bias", sizes[1], scale=0.01)
        made = self(
            "ConvTranspose",
            *(x, weight, bias),
            dilations=[1],
            group=1,
            kernel_shape=[2 * rate],
            pads=[rate // 2, rate // 2],
            strides=[rate],
        )
        self.at = outer
        return made

    def norm(self, module: str, x: str, channels: int) -> str:
        """Layer norm over the channels of `x` ([1, channels, n])."""
        outer, self.at = self.at, f"{self.at}/{module}"
        gamma = self.weight("gamma", np.ones(channels, np.float32))
        beta = self.weight("beta", np.zeros(channels, np.float32))
        last = self("Transpose", x, perm=[0, 2, 1])
        made = self("Transpose", self("LayerNormalization", last, gamma, beta), perm=[0, 2, 1])
        self.at = outer
        return made

    def gelu(self, x: str) -> str:
        erf = self("Erf", self("Div", x, self.const(math.sqrt(2))))
        return self("Mul", self("Mul", x, self("Add", erf, self.const(1))), self.const(0.5))
