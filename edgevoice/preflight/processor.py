"""Which instructions the engines were built for, and whether this processor has them."""

import re
from collections.abc import Iterable, Mapping

BASELINE: Mapping[str, frozenset[str]] = {
    "x86_64": frozenset({"sse4_1"}),
    "aarch64": frozenset({"asimd"}),
}
"""What nothing runs without, as Linux names it: CTranslate2's packages ask for it (its
documentation, "Hardware support"). ONNX Runtime and CTranslate2 choose all else as they run, NumPy
says itself what it misses; llama.cpp alone is compiled for one processor."""

_AVX512 = ("avx512f", "avx512cd", "avx512vl", "avx512dq", "avx512bw")
LLAMA: Mapping[str, tuple[str, ...]] = {
    "SSE3": ("pni",),
    "SSSE3": ("ssse3",),
    "AVX": ("avx",),
    "AVX2": ("avx2",),
    "AVX_VNNI": ("avx_vnni",),
    "F16C": ("f16c",),
    "FMA": ("fma",),
    "BMI2": ("bmi2",),
    "AVX512": _AVX512,
    "AVX512_VBMI": ("avx512vbmi",),
    "AVX512_VNNI": ("avx512_vnni",),
    "AVX512_BF16": ("avx512_bf16",),
    "AMX_INT8": ("amx_tile", "amx_int8"),
    "NEON": ("asimd",),
    "ARM_FMA": ("asimd",),
    "FP16_VA": ("asimdhp",),
    "DOTPROD": ("asimddp",),
    "MATMUL_INT8": ("i8mm",),
    "SVE": ("sve",),
    "SME": ("sme",),
}
"""llama.cpp's words for what it was built for, and Linux's for the same."""


def features_of(cpuinfo: str) -> frozenset[str]:
    """What all cores can do that /proc/cpuinfo describes, as Linux names it."""
    lines = re.findall(r"^(?:flags|Features)\s*:(.*)$", cpuinfo, re.MULTILINE)
    cores = [frozenset(line.split()) for line in lines]
    return frozenset.intersection(*cores) if cores else frozenset()


def baseline(machine: str) -> frozenset[str]:
    """What nothing runs without on a `machine`, as `uname -m` says it."""
    return BASELINE.get(machine, frozenset())


def built_for(words: Iterable[str]) -> frozenset[str]:
    """What llama.cpp was compiled for, in Linux's names; `words` are its own."""
    return frozenset(name for word in words for name in LLAMA.get(word, ()))


def lacking(features: frozenset[str], wanted: frozenset[str]) -> list[str]:
    """What is `wanted` and not among the processor's `features`. Where the kernel names none at
    all, nothing is known to be lacking."""
    return sorted(wanted - features) if features else []
