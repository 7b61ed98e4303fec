"""Settings: where they come from, and one line for everything that can be wrong with them."""

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from edgevoice import config as module
from edgevoice.config import (
    HOME,
    Config,
    McpConfig,
    Section,
    ToolsConfig,
    find_config,
    load_config,
)
from edgevoice.errors import ConfigError

SECTIONS: dict[str, type[Section]] = {
    name: field.annotation
    for name, field in Config.model_fields.items()
    if isinstance(field.annotation, type)
}
LEAVES = [(name, key) for name, section in SECTIONS.items() for key in section.model_fields]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "my.yaml"


def complaint(file: Path, text: str | bytes, **environment: str) -> str:
    """What is said about a configuration that cannot be, in one line without the folder."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as error:
        load_config(file, environment)
    assert error.value.exit_code == 2
    line = str(error.value)
    assert "\n" not in line and line.endswith(".")
    return line.replace(f"{file.parent}/", "")


# --- the shipped file and the descriptions


def test_the_shipped_file_holds_the_defaults() -> None:
    assert load_config(HOME / "config.yaml", {}) == Config()


def test_the_shipped_file_names_every_setting() -> None:
    tree = yaml.safe_load((HOME / "config.yaml").read_text(encoding="utf-8"))
    assert {name: list(keys) for name, keys in tree.items()} == {
        name: list(section.model_fields) for name, section in SECTIONS.items()
    } | {"profiles": []}


def test_every_setting_is_described_in_a_sentence() -> None:
    for section in ast.parse(inspect.getsource(module)).body:
        if not (isinstance(section, ast.ClassDef) and section.name.endswith("Config")):
            continue
        assert ast.get_docstring(section)
        if section.name == "Config":
            continue
        settings = [each for each in section.body[1:] if not isinstance(each, ast.FunctionDef)]
        for field, text in zip(settings[::2], settings[1::2], strict=True):
            match field, text:
                case (ast.AnnAssign(), ast.Expr(value=ast.Constant(value=str(words)))):
                    assert words.strip().endswith("."), words
                case _:
                    pytest.fail(f"{section.name}: {ast.unparse(field)} has no description")


# --- where settings come from


def test_without_a_file_the_defaults_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEARCHED", ())
    assert find_config() is None
    assert load_config(None, {}) == Config()


def test_the_first_file_that_is_there_is_used(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEARCHED", (file.with_name("other.yaml"), file))
    file.write_text("llm: {threads: 3}")
    assert find_config() == file
    assert load_config(None, {}).llm.threads == 3


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "vad:\n", "vad:\nstt:\n  # later\n"])
def test_what_is_left_out_stays_at_its_default(file: Path, text: str) -> None:
    file.write_text(text)
    assert load_config(file, {}) == Config()


def test_a_file_changes_what_it_names_and_nothing_else(file: Path) -> None:
    file.write_text("vad:\n  threshold: 0.7\nbarge_in:\n  min_voiced_ms: 200\n")
    config = load_config(file, {})
    assert (config.vad.threshold, config.barge_in.min_voiced_ms) == (0.7, 200)
    assert config.vad.plain_delay_ms == Config().vad.plain_delay_ms
    assert config.llm == Config().llm


def test_the_environment_has_the_last_word(file: Path) -> None:
    file.write_text("vad:\n  threshold: 0.7\n  min_speech_duration_ms: 64\n")
    config = load_config(
        file,
        {
            "EDGEVOICE_VAD__THRESHOLD": "0.6",
            "EDGEVOICE_STT__LANGUAGE": "no",  # Norwegian, not false
            "EDGEVOICE_STT__MIN_AVG_LOGPROB": "",  # empty, as in a file
            "EDGEVOICE_SIGNALS__EARCONS": "false",
            "EDGEVOICE_TTS__VOICE": "123",
            "EDGEVOICE": "not ours",
            "PATH": "not ours either",
        },
    )
    assert (config.vad.threshold, config.vad.min_speech_duration_ms) == (0.6, 64)
    assert (config.stt.language, config.stt.min_avg_logprob) == ("no", None)
    assert not config.signals.earcons and config.tts.voice == "123"


def test_an_override_does_not_reach_a_section_that_shares_its_text(file: Path) -> None:
    file.write_text("stt: &same\n  threads: 2\nllm: *same\n")
    config = load_config(file, {"EDGEVOICE_LLM__THREADS": "4"})
    assert (config.stt.threads, config.llm.threads) == (2, 4)


def test_the_environment_is_that_of_the_process(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("")
    monkeypatch.setenv("EDGEVOICE_LOG__LEVEL", "debug")
    assert load_config(file).log.level == "debug"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Config().vad.threshold = 0.9


# --- paths


def test_paths_in_a_file_are_relative_to_it(file: Path) -> None:
    file.write_text("stt: {model: here/stt}\nllm: {model: ../chat.gguf}\ntts: {voice: en.onnx}\n")
    config = load_config(file, {})
    assert config.stt.model == file.parent / "here/stt"
    assert config.llm.model == file.parent.parent / "chat.gguf"
    assert config.tts.voice == str(file.parent / "en.onnx")


def test_paths_of_one_s_own_stay_as_they_are(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    file.write_text("stt: {model: ~/stt}\nllm: {model: /opt/chat.gguf}\ntts: {voice: ~/en.onnx}\n")
    config = load_config(file, {})
    assert config.stt.model == Path("/home/somebody/stt")
    assert config.llm.model == Path("/opt/chat.gguf")
    assert config.tts.voice == "/home/somebody/en.onnx"


def test_default_paths_are_relative_to_the_installation(file: Path) -> None:
    file.write_text("stt: {threads: 2}\nllm: {threads: 2}\n")
    config = load_config(file, {})
    assert config.stt.model == HOME / "models/starter/stt"
    assert config.llm.model == HOME / "models/starter/chat/starter-chat-q8_0.gguf"


def test_a_voice_that_is_no_file_is_a_name(file: Path) -> None:
    file.write_text("tts: {voice: en-us+f3}")
    assert load_config(file, {}).tts.voice == "en-us+f3"


# --- what can be wrong


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vda: {threshold: 0.5}", "my.yaml: vda is not a setting. Known here: audio, vad, "),
        ("vad: {treshold: 0.5}", "my.yaml: vad.treshold is not a setting. Known here: engine, "),
        ("vda:", "my.yaml: vda is not a setting. Known here: audio, vad, "),
        ("5: x", "my.yaml: 5 is not a setting. Known here: audio, vad, "),
        ("vad: {true: x}", "my.yaml: vad.1 is not a setting. Known here: engine, "),
        ("vad: 5", "my.yaml: vad is 5, but it is a section. Write its settings under it"),
        ("vad: [engine]", "my.yaml: vad is ['engine'], but it is a section. "),
        ("vad: {threshold: high}", "my.yaml: vad.threshold is 'high', which cannot be: it should"),
        ("vad: {threshold: 2}", "my.yaml: vad.threshold is 2, which cannot be: it should be less"),
        ("vad: {threshold: .nan}", "my.yaml: vad.threshold is nan, which cannot be: it should"),
        ("vad:\n  threshold:\n", "my.yaml: vad.threshold is empty, which cannot be: it should"),
        ("audio: {period_ms: 2.5}", "my.yaml: audio.period_ms is 2.5, which cannot be: it should"),
        ("stt: {model: 5}", "my.yaml: stt.model is 5, which cannot be: "),
        ("stt: {language: no}", "my.yaml: stt.language is False, which cannot be: it should be a"),
        ("log: {level: loud}", "my.yaml: log.level is 'loud', which cannot be: it should be 'd"),
        (
            "llm: {max_tokens: 300, context_tokens: 512}",
            "my.yaml: llm.max_tokens must be at most half of llm.context_tokens. Change one of",
        ),
        (
            "llm: {max_tokens: 300, context_tokens: 700, thorough: {max_tokens: 400}}",
            "my.yaml: llm.max_tokens must be at most half of llm.context_tokens. Change one of",
        ),
        (
            "llm: {thorough: {context_tokens: 1024}}",
            "my.yaml: llm.thorough.context_tokens must not be less than llm.context_tokens. Chan",
        ),
        (
            "{llm: {engine: openai}, privacy: {network: offline}}",
            "my.yaml: llm.engine is openai, which asks a server, but privacy.network is offline",
        ),
        (
            "{llm: {thorough: {engine: openai}}, privacy: {network: offline}}",
            "my.yaml: llm.engine is openai, which asks a server, but privacy.network is offline",
        ),
        (
            "{profiles: [{name: x, llm: {engine: openai}}], privacy: {network: offline}}",
            "my.yaml: llm.engine is openai, which asks a server, but privacy.network is offline",
        ),
        ("llm: {base_url: 'ftp://x'}", "my.yaml: llm.base_url is 'ftp://x', which cannot be: "),
        (
            "llm: {thorough: {modle: x}}",
            "my.yaml: llm.thorough.modle is not a setting. Known here: engine, ",
        ),
        ("llm: {thorough: 5}", "my.yaml: llm.thorough is 5, but it is a section. Write its "),
        ("[vad, stt]", "my.yaml: is not a tree of settings. Write "),
        ("just words", "my.yaml: is not a tree of settings. Write "),
        ("vad:\n  threshold: 0.5\n bad: 1\n", "my.yaml: line 3, column 2: "),
        ("vad: {threshold: 0.5\nstt: 1", "my.yaml: line 2, column 4: "),
        ("log: {level: 'unclosed}", "my.yaml: line 1, column 24: "),
        ("log: {level: !!python/name:os.system x}", "my.yaml: line 1, column 14: "),
        ("log: {level: \x01}", "my.yaml: is not YAML "),
        ("log: {level: 2020-13-45}", "my.yaml: is not YAML "),
        (b"log: {level: \xff}", "my.yaml: is not UTF-8 text. Save it as UTF-8."),
    ],
)
def test_one_line_names_file_and_key_and_cure(file: Path, text: str | bytes, said: str) -> None:
    assert complaint(file, text).startswith(said)


def test_words_that_yaml_takes_for_something_else_want_quotes(file: Path) -> None:
    assert complaint(file, "stt: {language: no}").endswith("Put it in quotes.")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("VAD__THRESHOLD", "high", "EDGEVOICE_VAD__THRESHOLD: vad.threshold is 'high', which"),
        ("VAD__THRESHOLD", "7", "EDGEVOICE_VAD__THRESHOLD: vad.threshold is '7', which cannot be"),
        ("VAD__TRESHOLD", "7", "EDGEVOICE_VAD__TRESHOLD: vad.treshold is not a setting. Known"),
        ("VAD__THRESHOLD__X", "7", "EDGEVOICE_VAD__THRESHOLD__X: vad.threshold__x is not a sett"),
        ("VDA__THRESHOLD", "7", "EDGEVOICE_VDA__THRESHOLD: 'vda' is not a section. Known: audio"),
        ("", "7", "EDGEVOICE_: '' is not a section. Known: audio, vad"),
        ("VAD", "{threshold: 0.6}", "EDGEVOICE_VAD: vad is a section. Name the setting too, as i"),
        ("LLM__MAX_TOKENS", "2000", "EDGEVOICE_LLM__MAX_TOKENS: llm.max_tokens must be at most"),
    ],
)
def test_one_line_names_the_variable(file: Path, name: str, value: str, said: str) -> None:
    file.write_text("vad: {threshold: 0.5}")
    assert complaint(file, "", **{"EDGEVOICE_" + name: value}).startswith(said)


def test_a_variable_does_not_hide_what_is_wrong_in_the_file(file: Path) -> None:
    assert complaint(file, "vad: 5", EDGEVOICE_VAD__THRESHOLD="0.6").startswith("my.yaml: vad is 5")


def test_a_long_value_does_not_make_a_long_line(file: Path) -> None:
    assert len(complaint(file, f"vad: {{threshold: {'x' * 1000}}}")) < 250
    assert len(complaint(file, f"vad: {{{'x' * 100}: 1}}")) < 350


@pytest.mark.parametrize(
    ("name", "cause"), [("missing.yaml", "No such file or directory"), (".", "Is a directory")]
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, cause: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_config(tmp_path / name, {})
    assert f"cannot be read ({cause}). Check the path" in str(error.value)


# --- whatever it is

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.dates()
    | st.binary(max_size=4)
    | st.sampled_from(["~nobody/x.onnx", "en.onnx", "", "\0", "0.5", "no"])
)
keys = st.sampled_from([*SECTIONS, *{key for _, key in LEAVES}]) | scalars
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4)
)
nearly_right = st.dictionaries(
    st.sampled_from(list(SECTIONS)),
    st.dictionaries(st.sampled_from([key for _, key in LEAVES]), scalars, max_size=2),
    max_size=2,
)
environments = st.dictionaries(
    st.sampled_from(
        [f"EDGEVOICE_{name}__{key}".upper() for name, key in LEAVES]
        + ["EDGEVOICE_", "EDGEVOICE___", "EDGEVOICE_VAD", "EDGEVOICE_VAD__", "EDGEVOICE_X__Y"]
    ),
    st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=8),
    max_size=2,
)


def is_settings_or_one_line(file: Path, text: str, environment: dict[str, str]) -> None:
    file.write_text(text, encoding="utf-8")
    try:
        load_config(file, environment)
    except ConfigError as error:
        assert len(str(error).splitlines()) == 1 and len(str(error)) < 2_000


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "my.yaml"


@given(trees | nearly_right, environments)
def test_any_tree_is_settings_or_one_line(
    fuzzed: Path, tree: Any, environment: dict[str, str]
) -> None:
    is_settings_or_one_line(fuzzed, yaml.safe_dump(tree, allow_unicode=True), environment)


@given(st.text(st.sampled_from("vad:sttreshold{}[]&*!|>-#?'\"%@`0_x.1 \n\t"), max_size=60))
@example("0x_")
@example("!!int x")
@example("!!bool x")
@example("!!timestamp x")
@example("!!float " + "1:" * 400 + "1.5")
@example("stt: &a [*a]")
@example("? [a]\n: b")
@example("[" * 1_000)
@example("llm: {threads: " + "9" * 5_000 + "}")
def test_any_text_is_settings_or_one_line(fuzzed: Path, text: str) -> None:
    is_settings_or_one_line(fuzzed, text, {})


# --- the second model


def test_the_second_model_is_other_in_what_is_written_and_nothing_else(file: Path) -> None:
    file.write_text(
        "llm:\n  max_tokens: 99\n  thorough:\n    engine: openai\n    remote_model: large\n"
    )
    llm = load_config(file, {}).llm
    second = llm.second
    assert second and (second.engine, second.remote_model) == ("openai", "large")
    assert second.name == "large" and llm.name == llm.model.name
    changed = {"engine": "openai", "remote_model": "large", "thorough": None}
    assert second == llm.model_copy(update=changed)
    assert llm.all == [llm, second] and second.all == [second]
    assert llm.files == [llm.model], "the other one is not run here"
    assert Config().llm.second is None


# --- smaller profiles


def test_a_profile_changes_what_it_names_and_nothing_else(file: Path) -> None:
    file.write_text(
        "llm: {max_tokens: 100, temperature: 0.5}\n"
        "profiles:\n"
        "  - name: small\n"
        "    llm: {model: small.gguf, context_tokens: 256}\n"
        "    tts: {speed: 1.5}\n"
        "  - name: tiny\n"
    )
    config = load_config(file, {"EDGEVOICE_STT__THREADS": "3"})
    small, tiny = config.smaller()
    assert (small.llm.model, small.llm.context_tokens) == (file.with_name("small.gguf"), 256)
    assert (small.llm.max_tokens, small.llm.temperature, small.stt.threads) == (100, 0.5, 3)
    assert small.tts.speed == 1.5 and config.tts.speed == 1
    assert tiny == config.model_copy(update={"profiles": ()}) and not small.profiles


@pytest.mark.parametrize(
    ("profile", "named"),
    [
        ("{llm: {}}", "profiles.0.name"),
        ("{name: x, llm: {modle: y}}", "profiles.0.llm.modle is not a setting. Known here: engine"),
        ("{name: x, vad: {}}", "profiles.0.vad is not a setting. Known here: name, turn"),
        ("{name: x, llm: 7}", "profiles.0.llm is 7, but it is a section"),
        ("{name: x, llm: {context_tokens: 256}}", "llm.max_tokens must be at most half"),
        ("{name: ''}", "profiles.0.name"),
        ("7", "profiles.0 is 7"),
    ],
)
def test_a_slip_in_a_profile_is_told_by_its_place(file: Path, profile: str, named: str) -> None:
    assert named in complaint(file, f"profiles: [{profile}]")


def test_profiles_cannot_be_set_from_the_environment(file: Path) -> None:
    assert "'profiles' is not a section" in complaint(file, "", EDGEVOICE_PROFILES="[]")
    assert "'profiles' is not a section" in complaint(file, "", EDGEVOICE_PROFILES__0="[]")


# --- servers whose tools may be used


@pytest.mark.parametrize(
    ("server", "named"),
    [
        ("{name: x}", "tools.mcp.0 is {'name': 'x'}, which cannot be: it should have either a com"),
        ("{name: x, command: [y], url: 'http://z'}", "it should have either a command or a url"),
        ("{name: Big, command: [y]}", "tools.mcp.0.name is 'Big', which cannot be"),
        ("{name: x, url: 'ftp://y'}", "tools.mcp.0.url is 'ftp://y', which cannot be"),
        ("{name: x, command: [y], effects: {z: acts}}", "effects name z, which allow does not"),
        ("{name: x, command: [y], allow: [z], effects: {z: mild}}", "tools.mcp.0.effects.z is 'mi"),
        ("{name: x, command: [y], headers: {A: B}}", "environment goes with a command, headers go"),
        ("{name: x, url: 'http://y', environment: {A: B}}", "environment goes with a command"),
        ("{name: x, command: [y]}, {name: x, command: [z]}", "two servers are called x"),
        ("{name: x, command: [y], alow: [z]}", "tools.mcp.0.alow is not a setting. Known here: na"),
    ],
)
def test_a_slip_in_a_server_is_told_by_its_place(file: Path, server: str, named: str) -> None:
    assert named in complaint(file, f"tools: {{mcp: [{server}]}}")


def test_what_a_server_is_told_in_confidence_is_not_shown(file: Path) -> None:
    secret = "{name: x, headers: {Authorization: Bearer t0ken}}"
    assert "t0ken" not in complaint(file, f"tools: {{mcp: [{secret}]}}")
    assert "t0ken" not in complaint(file, "tools: {mcp: [{name: x, headers: t0ken}]}")
    assert "t0ken" not in str(Config(tools=ToolsConfig(mcp=(McpConfig(
        name="x", url="http://y", headers={"Authorization": "t0ken"}),))))  # fmt: skip
