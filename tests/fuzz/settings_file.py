"""config.yaml, and the settings in the environment."""

from typing import Any

import yaml
from hypothesis import strategies as st

from edgevoice.config import HOME, Config, load_config
from tests.fuzz.promise import (
    SCALARS,
    TEXT,
    damaged,
    folder,
    fuzzed,
    laughs,
    refused_politely,
    trees,
)

SHIPPED = (HOME / "config.yaml").read_bytes()
PIECES = [b"\n".join(SHIPPED.splitlines()[at : at + 12]) for at in range(0, 130, 9)]
SECTIONS = [*Config.model_fields]
KEYS = sorted(
    {
        key
        for field in Config.model_fields.values()
        if isinstance(field.annotation, type)
        for key in getattr(field.annotation, "model_fields", ())
    }
)
ODD = st.sampled_from(
    """
    0x{f} 1:{59} !!int{} !!float{} !!binary{} !!timestamp{} 2020-13-45 ~ ~~ &a[*a] *b !!set{a} .inf
    .nan -.inf 0b1 !!python/object:os.system{} "\\ud800" "\\e[2J" "\\0" ? [ { %TAG --- ...
    """.split()
).map(lambda odd: odd.replace("{f}", "f" * 5000).replace("{59}", ":".join(["59"] * 3000)))
VALUES = trees(SCALARS, TEXT)


def loads(text: bytes, environment: dict[str, str] | None = None) -> None:
    """What the commands do at their start."""
    with folder() as place, refused_politely():
        (place / "config.yaml").write_bytes(text)
        config = load_config(place / "config.yaml", environment or {})
        assert Config.model_validate_json(config.model_dump_json()) == config


@fuzzed(st.binary(max_size=200) | st.sampled_from(PIECES).flatmap(damaged))
def any_bytes_as_settings(text: bytes) -> None:
    loads(text)


@fuzzed(
    st.dictionaries(
        st.sampled_from(SECTIONS) | TEXT,
        VALUES | st.dictionaries(st.sampled_from(KEYS) | TEXT, VALUES, max_size=4),
        max_size=4,
    )
)
def any_tree_as_settings(tree: dict[str, Any]) -> None:
    loads(yaml.safe_dump(tree, allow_unicode=True).encode(errors="surrogatepass"))


@fuzzed(st.tuples(st.sampled_from(SECTIONS), st.sampled_from(KEYS), ODD))
def odd_yaml_as_a_setting(line: tuple[str, str, str]) -> None:
    section, key, value = line
    loads(f"{section}:\n  {key}: {value}\n".encode())


@fuzzed(laughs("audio: ?") | laughs("audio: {input_device: ?}") | laughs("?: 1"))
def settings_without_end(text: bytes) -> None:
    loads(text)


NAMES = st.builds("EDGEVOICE_{}__{}".format, st.sampled_from(SECTIONS), st.sampled_from(KEYS))
ENVIRONMENT_TEXT = st.binary(max_size=30).map(
    lambda raw: raw.replace(b"\0", b"").decode("utf-8", "surrogateescape")
)


@fuzzed(
    st.dictionaries(
        NAMES.map(str.upper) | ENVIRONMENT_TEXT.map(lambda text: f"EDGEVOICE_{text}"),
        ENVIRONMENT_TEXT | SCALARS.map(str).map(lambda text: text.replace("\0", "")),
        max_size=4,
    )
)
def any_environment_as_settings(environment: dict[str, str]) -> None:
    loads(b"", environment)
