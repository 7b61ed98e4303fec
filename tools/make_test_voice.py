"""Writes the tiny Piper voice that the tests speak with: python -m tools.make_test_voice [FILE]

It is a real Piper voice, in form: an ONNX graph from phoneme ids to sound, and its configuration.
In sound it is a whistle: every phoneme is a tone of 25 ms, at a pitch of its own, and what marks
the beginning, the end and the gaps is silent. So it is audible, deterministic, and its length
follows from the text: 16 kHz x 25 ms x ids x length scale.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

RATE = 16_000
SAMPLES_PER_ID = 400
LOUDNESS = 0.3
DEFAULT_FILE = Path("tests/data/whistle.onnx")


def graph() -> onnx.ModelProto:
    """The network: input [1, n], input_lengths [1], scales [3] → output [1, 1, 1, samples]."""
    constants = {
        "samples": np.array(SAMPLES_PER_ID, np.float32),
        "zero": np.array(0, np.int64),
        "one": np.array(1, np.int64),
        "first_voiced": np.array(3, np.int64),
        "step": np.array(2 * np.pi * 20 / RATE, np.float32),
        "lowest": np.array(2 * np.pi * 200 / RATE, np.float32),
        "loudness": np.array(LOUDNESS, np.float32),
        "column": np.array([-1, 1], np.int64),
        "sound": np.array([1, 1, 1, -1], np.int64),
    }
    nodes = [
        helper.make_node("Reshape", ["input", "column"], ["ids"]),
        helper.make_node("Cast", ["ids"], ["pitch"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["pitch", "step"], ["above"]),
        helper.make_node("Add", ["above", "lowest"], ["radians"]),
        helper.make_node("Gather", ["scales", "one"], ["length_scale"]),
        helper.make_node("Mul", ["length_scale", "samples"], ["length"]),
        helper.make_node("Cast", ["length"], ["count"], to=TensorProto.INT64),
        helper.make_node("Range", ["zero", "count", "one"], ["at"]),
        helper.make_node("Cast", ["at"], ["time"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["radians", "time"], ["phase"]),
        helper.make_node("Sin", ["phase"], ["tone"]),
        helper.make_node("GreaterOrEqual", ["ids", "first_voiced"], ["voiced"]),
        helper.make_node("Cast", ["voiced"], ["gate"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["tone", "gate"], ["gated"]),
        helper.make_node("Mul", ["gated", "loudness"], ["wave"]),
        helper.make_node("Reshape", ["wave", "sound"], ["output"]),
    ]
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, "n"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, 1, "samples"])]
    weights = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    made = helper.make_graph(nodes, "whistle", inputs, outputs, weights)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def config() -> dict[str, object]:
    """What Piper wants to know about the voice."""
    return {
        "audio": {"sample_rate": RATE},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.0, "length_scale": 1.0, "noise_w": 0.0},
        "phoneme_type": "espeak",
        "num_symbols": 1 + max(ids[0] for ids in DEFAULT_PHONEME_ID_MAP.values()),
        "num_speakers": 1,
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
    }


def main(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(graph().SerializeToString(deterministic=True))
    text = json.dumps(config(), ensure_ascii=False, separators=(",", ":"))
    Path(f"{file}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FILE)
