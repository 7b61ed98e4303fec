"""Tells a shortage of memory from everything else, by what libraries say of it."""

from collections.abc import Iterator

from edgevoice.errors import EngineError, one_line

SIGNS = (
    "bad_alloc",
    "cannot allocate memory",
    "failed to allocate",
    "failed to map segment",
    "failed to create llama_context",
)
"""Measured, with little address space: CTranslate2 and onnxruntime say the first, the C library the
second, llama.cpp the last, and whoever loads a shared library the one before. Lower case."""

CURE = "Give it more (MemoryMax= in its unit), or name smaller models in config.yaml."


def shortage(error: BaseException) -> EngineError | None:
    """What to say in place of `error`, where it or what caused it tells of too little memory."""
    told = [cause for cause in _causes(error) if _tells(cause)][-1:]
    what = [f"{type(cause).__name__}: {one_line(str(cause))}" for cause in told]
    return EngineError(f"there is not enough memory ({what[0]})", CURE) if what else None


def _tells(error: BaseException) -> bool:
    text = str(error).lower()
    return isinstance(error, MemoryError) or any(sign in text for sign in SIGNS)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """`error`, what it came from, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
