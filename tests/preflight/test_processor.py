"""What engines were built for, against what /proc/cpuinfo tells."""

from hypothesis import given
from hypothesis import strategies as st

from edgevoice.preflight.processor import LLAMA, baseline, built_for, features_of, lacking

PI5 = "processor\t: 0\nFeatures\t: fp asimd asimddp crc32\n\nprocessor\t: 1\nFeatures\t: fp asimd\n"
PC = "processor\t: 0\nflags\t\t: fpu sse4_1 avx avx2 fma\nbugs\t\t: spectre\n"

names = st.frozensets(st.sampled_from(sorted({n for names in LLAMA.values() for n in names})))


def test_what_every_core_can_do_counts() -> None:
    assert features_of(PI5) == {"fp", "asimd"}
    assert features_of(PC) == {"fpu", "sse4_1", "avx", "avx2", "fma"}
    assert features_of("") == frozenset()


def test_a_build_for_another_processor_is_found_out() -> None:
    needs = built_for(["AVX", "AVX2", "AVX512", "OPENMP", "LLAMAFILE"])
    assert lacking(features_of(PC), needs) == [
        "avx512bw",
        "avx512cd",
        "avx512dq",
        "avx512f",
        "avx512vl",
    ]
    assert not lacking(features_of(PC), built_for(["AVX", "AVX2", "FMA", "OPENMP"]))
    assert lacking(features_of(PI5), built_for(["NEON", "DOTPROD"])) == ["asimddp"]


def test_the_baseline_is_per_machine() -> None:
    assert lacking(frozenset({"sse2"}), baseline("x86_64")) == ["sse4_1"]
    assert not lacking(features_of(PI5), baseline("aarch64"))
    assert not baseline("riscv64")


@given(names, names)
def test_nothing_is_lacking_where_all_is_there_or_nothing_is_known(
    has: frozenset[str], wanted: frozenset[str]
) -> None:
    assert not lacking(has | wanted, wanted)
    assert not lacking(frozenset(), wanted)
    assert not set(lacking(has, wanted)) & has
