"""Tells a shortage of memory from everything else, by what libraries say of it."""

from collections.abc import Iterator

from edgevoice.errors import EngineError, UnfitError, one_line

SIGNS = (
    "bad_alloc",
    "cannot allocate memory",
    "failed to allocate",
    "failed to map segment",
    "memory allocation still failed",
    "failed to create llama_context",
    "resource temporarily unavailable",
)
"""Measured, with little address space: CTranslate2 and onnxruntime say the first, the C library the
second, whoever loads a shared library the fourth, OpenBLAS (numpy's) the fifth, llama.cpp the last
but one; the last, whoever finds no place for the stack of a thread. Lower case."""

CURE = "Give it more (MemoryMax= in its unit), or name smaller models in config.yaml."


def shortage(error: BaseException) -> EngineError | None:
    """What to say in place of `error`, where it or what caused it tells of too little memory."""
    if isinstance(error, UnfitError):  # it says so itself
        return None
    told = [cause for cause in _causes(error) if _tells(cause)][-1:]
    what = [f"{type(cause).__name__}: {one_line(str(cause))}" for cause in told]
    return EngineError(f"there is not enough memory ({what[0]})", CURE) if what else None


def tells_of_shortage(words: str) -> bool:
    """Whether a library that says these `words` has had too little memory."""
    return any(sign in words.lower() for sign in SIGNS)


def _tells(error: BaseException) -> bool:
    return isinstance(error, MemoryError) or tells_of_shortage(str(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """`error`, what it came from, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
