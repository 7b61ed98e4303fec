"""A shortage of memory is told from a damaged model, whatever library says it."""

import pytest

from edgevoice.errors import EngineError, ModelError
from edgevoice.shortage import SIGNS, shortage


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        MemoryError("std::bad_alloc"),
        RuntimeError("Non-zero status code … Status Message: std::bad_alloc"),
        ImportError("libctranslate2.so: failed to map segment from shared object"),
        OSError(12, "Cannot allocate memory"),
        ValueError("Failed to create llama_context"),
        *map(RuntimeError, SIGNS),
    ],
)
def test_it_is_seen_in_the_error_and_in_what_caused_it(error: Exception) -> None:
    assert "not enough memory" in str(shortage(error))
    for cause in (error, None):
        try:
            try:
                raise error
            except Exception:
                raise ModelError("model.onnx: is damaged", "Fetch it again.") from cause
        except ModelError as wrapped:
            found = shortage(wrapped)
        # `from None` still leaves the context, in which it was raised.
        assert isinstance(found, EngineError) and "damaged" not in str(found)


@pytest.mark.parametrize(
    "error",
    [
        ModelError("model.onnx: is damaged, or not an ONNX model", "Fetch it again."),
        ImportError("No module named 'pyaudio'"),
        RuntimeError(),
    ],
)
def test_other_errors_are_left_as_they_are(error: Exception) -> None:
    assert shortage(error) is None
