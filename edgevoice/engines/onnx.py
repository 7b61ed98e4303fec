"""Small ONNX models on the processor, run by onnxruntime."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edgevoice.errors import ModelError


def open_session(path: Path, *, threads: int, cure: str, part: bytes | None = None) -> Any:
    """An `onnxruntime.InferenceSession` for the model in `path`, with `threads` threads.

    `part`: a model made of that one, to be opened in its place. Raises `ModelError`, with `cure`,
    when the file is missing or no ONNX model.
    """
    if not path.is_file():
        raise ModelError(f"{path}: no such model file", cure)
    if not path.stat().st_size:
        raise ModelError(f"{path}: is empty", cure)
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin between runs burn seconds of processor time per second of conversation.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    # The arena keeps the memory of the longest sentence for ever. The pattern asks for all that a
    # run takes in one block, which malloc then keeps: 149 MB resident for the turn model against
    # 106 to 118 without (measured twice, 12 runs each; their times do not differ).
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 4
    try:
        with _file(path, part) as model:
            return onnxruntime.InferenceSession(
                model, sess_options=options, providers=["CPUExecutionProvider"]
            )
    except Exception as error:  # onnxruntime's own exceptions have no common base
        raise ModelError(f"{path}: is damaged, or not an ONNX model", cure) from error


@contextmanager
def _file(path: Path, part: bytes | None) -> Iterator[str]:
    """The name of a file with the model in it; a session made from bytes would keep them."""
    if part is None:
        yield str(path)
        return
    with os.fdopen(os.memfd_create("model"), "wb") as memory:
        memory.write(part)
        memory.flush()
        yield f"/proc/self/fd/{memory.fileno()}"
