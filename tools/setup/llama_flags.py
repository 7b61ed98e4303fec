"""How llama.cpp has to be compiled for this processor, by this compiler: a pure function.

Compiling for the machine at hand (`GGML_NATIVE`, the default) is right everywhere but in one
place. gcc before version 13 drops the stores that precede `_tile_loadconfig`, so that on x86
processors with AMX the first decoding of a quantised model dies with a general protection fault
(ggml-org/llama.cpp#20824). There every instruction set is named, but for AMX. On aarch64 naming
them would be the mistake: it loses the dot products (ggml-org/llama.cpp#22011).
"""

import re
from dataclasses import dataclass

FIRST_GCC_WITH_AMX = 13

_AVX512 = ("avx512f", "avx512cd", "avx512vl", "avx512dq", "avx512bw")
INSTRUCTION_SETS: dict[str, tuple[str, ...]] = {
    "GGML_SSE42": ("sse4_2",),
    "GGML_AVX": ("avx",),
    "GGML_F16C": ("f16c",),
    "GGML_FMA": ("fma",),
    "GGML_BMI2": ("bmi2",),
    "GGML_AVX2": ("avx2",),
    "GGML_AVX_VNNI": ("avx_vnni",),
    "GGML_AVX512": _AVX512,
    "GGML_AVX512_VBMI": (*_AVX512, "avx512vbmi"),
    "GGML_AVX512_VNNI": (*_AVX512, "avx512_vnni"),
    "GGML_AVX512_BF16": (*_AVX512, "avx512_bf16"),
}
"""ggml's option for each x86 instruction set → what Linux calls the features that it uses."""

_AMX = frozenset({"amx_tile", "amx_int8", "amx_bf16"})
_ARM = frozenset({"asimd", "asimddp", "asimdhp", "fphp", "i8mm", "bf16", "sve", "sve2", "sme"})
_X86 = _AMX.union(*INSTRUCTION_SETS.values())


@dataclass(frozen=True, slots=True)
class Cpu:
    """A processor: `machine` as `uname -m` says it, `features` as Linux names them."""

    machine: str
    features: frozenset[str]

    @property
    def is_x86(self) -> bool:
        """Whether this is a 64- or 32-bit PC processor."""
        return self.machine in {"x86_64", "amd64", "i686", "i386"}

    @property
    def relevant(self) -> frozenset[str]:
        """The features that a compiled llama.cpp may depend on.

        A new kernel may list features that the old one did not know; that is no new processor.
        """
        return self.features & (_X86 if self.is_x86 else _ARM)


@dataclass(frozen=True, slots=True)
class Compiler:
    """A C compiler: `gcc` or `clang`, and its major version (0: not known)."""

    name: str
    major: int


def parse_cpu(machine: str, cpuinfo: str) -> Cpu:
    """The processor that /proc/cpuinfo describes: what all of its cores can do."""
    lines = re.findall(r"^(?:flags|Features)\s*:(.*)$", cpuinfo, re.MULTILINE)
    cores = [frozenset(line.split()) for line in lines]
    return Cpu(machine, frozenset.intersection(*cores) if cores else frozenset())


def parse_compiler(version: str) -> Compiler:
    """The compiler that answered `--version` like this.

    Examples of first lines: `gcc (Debian 12.2.0-14+deb12u1) 12.2.0`, `Debian clang version 14.0.6`.
    """
    first = version.partition("\n")[0]
    if clang := re.search(r"clang version (\d+)", first):
        return Compiler("clang", int(clang[1]))
    gcc = re.search(r"\) (\d+)\.\d+", first)
    return Compiler("gcc", int(gcc[1]) if gcc else 0)


def breaks_amx(cpu: Cpu, compiler: Compiler) -> bool:
    """Whether a native build would crash at the first token (see the module)."""
    too_old = compiler.name == "gcc" and compiler.major < FIRST_GCC_WITH_AMX
    return cpu.is_x86 and bool(cpu.features & _AMX) and too_old


def cmake_args(cpu: Cpu, compiler: Compiler) -> list[str]:
    """CMake's arguments for llama-cpp-python 0.3.36 here, without its parts for pictures."""
    args = ["-DLLAVA_BUILD=OFF"]
    if breaks_amx(cpu, compiler):
        # Without GGML_NATIVE ggml assumes a processor of 2013, so that OFF has to be said as well.
        args.append("-DGGML_NATIVE=OFF")
        args += [
            f"-D{option}={'ON' if cpu.features.issuperset(needed) else 'OFF'}"
            for option, needed in INSTRUCTION_SETS.items()
        ]
    return args


def jobs(cores: int, memory_bytes: int) -> int:
    """How many compilers may run at once: one per core, and one per 640 MiB of memory.

    The hungriest file takes gcc 12 up to 370 MiB on x86-64 (measured); the rest is for the system.
    """
    return max(1, min(cores, memory_bytes // (640 * 2**20)))
