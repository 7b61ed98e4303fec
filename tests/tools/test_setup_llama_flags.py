"""The flags that llama.cpp is compiled with, for the processors and compilers that we know of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.setup.llama_flags import (
    INSTRUCTION_SETS,
    Compiler,
    Cpu,
    breaks_amx,
    cmake_args,
    jobs,
    parse_compiler,
    parse_cpu,
)

GCC12, GCC13, CLANG14 = Compiler("gcc", 12), Compiler("gcc", 13), Compiler("clang", 14)

HASWELL = "fpu sse sse2 sse4_1 sse4_2 avx f16c fma bmi2 avx2"
ZEN4 = f"{HASWELL} avx512f avx512dq avx512cd avx512bw avx512vl avx512vbmi avx512_vnni avx512_bf16"
SAPPHIRE_RAPIDS = f"{ZEN4} avx_vnni amx_bf16 amx_tile amx_int8"
NEHALEM = "fpu sse sse2 ssse3 sse4_1 sse4_2 popcnt"


def x86(features: str) -> Cpu:
    return Cpu("x86_64", frozenset(features.split()))


PI5 = Cpu("aarch64", frozenset("fp asimd evtstrm aes fphp asimdhp asimdrdm asimddp".split()))


def test_amx_with_an_old_gcc_gets_everything_but_amx() -> None:
    args = cmake_args(x86(SAPPHIRE_RAPIDS), GCC12)

    assert "-DGGML_NATIVE=OFF" in args
    assert [arg for arg in args if arg.startswith("-DGGML_") and arg.endswith("=ON")] == [
        "-DGGML_SSE42=ON",
        "-DGGML_AVX=ON",
        "-DGGML_F16C=ON",
        "-DGGML_FMA=ON",
        "-DGGML_BMI2=ON",
        "-DGGML_AVX2=ON",
        "-DGGML_AVX_VNNI=ON",
        "-DGGML_AVX512=ON",
        "-DGGML_AVX512_VBMI=ON",
        "-DGGML_AVX512_VNNI=ON",
        "-DGGML_AVX512_BF16=ON",
    ]
    assert not any("AMX" in arg for arg in args)


def test_what_an_amx_processor_lacks_is_switched_off() -> None:
    hidden = SAPPHIRE_RAPIDS.replace(" avx_vnni", "").replace(" avx512vl", "")

    args = cmake_args(x86(hidden), GCC12)

    assert "-DGGML_AVX_VNNI=OFF" in args
    assert {"-DGGML_AVX512=OFF", "-DGGML_AVX512_VNNI=OFF", "-DGGML_AVX512_BF16=OFF"} < set(args)
    assert "-DGGML_AVX2=ON" in args


@pytest.mark.parametrize(
    ("cpu", "compiler"),
    [
        pytest.param(x86(SAPPHIRE_RAPIDS), GCC13, id="AMX, gcc that can"),
        pytest.param(x86(SAPPHIRE_RAPIDS), CLANG14, id="AMX, clang"),
        pytest.param(x86(ZEN4), GCC12, id="AVX-512 without AMX"),
        pytest.param(x86(NEHALEM), GCC12, id="before AVX"),
        pytest.param(PI5, GCC12, id="Raspberry Pi 5"),
        pytest.param(Cpu("riscv64", frozenset()), GCC12, id="something else"),
    ],
)
def test_everywhere_else_the_build_is_native(cpu: Cpu, compiler: Compiler) -> None:
    assert cmake_args(cpu, compiler) == ["-DLLAVA_BUILD=OFF"]


FEATURES = sorted({*SAPPHIRE_RAPIDS.split(), "asimd", "asimddp", "sve"})


@given(
    st.sampled_from(["x86_64", "i686", "aarch64", "armv7l"]),
    st.frozensets(st.sampled_from(FEATURES)),
    st.builds(Compiler, st.sampled_from(["gcc", "clang"]), st.integers(0, 20)),
)
def test_no_instruction_is_used_that_the_processor_lacks(
    machine: str, features: frozenset[str], compiler: Compiler
) -> None:
    cpu = Cpu(machine, features)
    args = cmake_args(cpu, compiler)

    for option, needed in INSTRUCTION_SETS.items():
        if f"-D{option}=ON" in args:
            assert cpu.is_x86
            assert features >= set(needed)
    assert ("-DGGML_NATIVE=OFF" in args) == breaks_amx(cpu, compiler)


def test_a_processor_can_do_what_all_of_its_cores_can() -> None:
    cpuinfo = (
        "processor\t: 0\nFeatures\t: fp asimd sve i8mm\n\n"
        "processor\t: 1\nFeatures\t: fp asimd\n\n"
        "Hardware\t: a board\n"
    )
    assert parse_cpu("aarch64", cpuinfo) == Cpu("aarch64", frozenset({"fp", "asimd"}))


def test_a_processor_that_says_nothing_has_no_features() -> None:
    assert parse_cpu("riscv64", "isa\t: rv64imafdc\n") == Cpu("riscv64", frozenset())


def test_a_feature_that_only_a_newer_kernel_lists_makes_no_new_processor() -> None:
    assert x86(f"{ZEN4} brand_new").relevant == x86(ZEN4).relevant
    assert x86(SAPPHIRE_RAPIDS).relevant != x86(ZEN4).relevant


@pytest.mark.parametrize(
    ("answer", "compiler"),
    [
        ("gcc (Debian 12.2.0-14+deb12u1) 12.2.0\nCopyright (C) 2022", GCC12),
        ("cc (Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0", GCC13),
        ("gcc (GCC) 15.1.1 20250425 (Red Hat 15.1.1-1)", Compiler("gcc", 15)),
        ("Debian clang version 14.0.6\nTarget: x86_64-pc-linux-gnu", CLANG14),
        ("a compiler nobody knows", Compiler("gcc", 0)),
    ],
)
def test_compilers_are_told_apart(answer: str, compiler: Compiler) -> None:
    assert parse_compiler(answer) == compiler


@pytest.mark.parametrize(
    ("cores", "gibibytes", "at_once"),
    [(4, 8, 4), (4, 3.8, 4), (4, 1.9, 3), (4, 0.9, 1), (4, 0.4, 1), (1, 64, 1)],
)
def test_small_boards_compile_fewer_files_at_a_time(
    cores: int, gibibytes: float, at_once: int
) -> None:
    assert jobs(cores, int(gibibytes * 2**30)) == at_once
