"""What the doctor says about machines that are well, poor, or broken."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from edgevoice import doctor
from edgevoice.board import Reading
from edgevoice.config import Config
from edgevoice.doctor import Check, Machine
from edgevoice.engine_trial import Trial
from edgevoice.errors import DeviceError
from edgevoice.preflight.ledger import Ledger
from edgevoice.preflight.starts import Standing

PI5 = Machine(
    python=(3, 11, 2),
    processor="Raspberry Pi 5 Model B Rev 1.0",
    machine="aarch64",
    features=frozenset({"asimd", "asimddp"}),
    cores=4,
    memory=8 * 10**9,
    available=7 * 10**9,
)
SERVER = replace(
    PI5, processor="Xeon", machine="x86_64", features=frozenset({"avx2", "amx_tile", "amx_int8"})
)


@dataclass
class FakeDevice:
    name: str
    max_inputs: int = 0
    max_outputs: int = 0
    is_default_input: bool = False
    is_default_output: bool = False
    places: tuple[str, ...] = ()


MICROPHONE = FakeDevice("USB Speakerphone", max_inputs=1, is_default_input=True)
WEBCAM = FakeDevice("Webcam", max_inputs=2)
SPEAKER = FakeDevice("Headphones", max_outputs=2, is_default_output=True)


def test_all_is_well_on_a_machine_where_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    checks = list(
        doctor.run_checks(
            Config(),
            source=Path("config.yaml"),
            devices=lambda: [MICROPHONE, SPEAKER],
            trial=lambda section, _: Trial(f"{section}-engine", seconds=0.2),
        )
    )

    assert [check for check in checks if check.status == "fail"] == []
    assert all(check.cure == "" for check in checks if check.status == "ok")
    names = [check.name for check in checks]
    assert len(names) == len(set(names))
    assert {"Python", "memory", "llama-cpp-python", "llm: llm-engine", "microphone"} < set(names)


def test_an_old_python_is_named() -> None:
    check = doctor.check_python(replace(PI5, python=(3, 9, 2)))

    assert check == Check("Python", "fail", "3.9.2", "Python 3.11 or newer is needed.")


@pytest.mark.parametrize(
    ("machine", "status", "words"),
    [
        (PI5, "ok", "with dot products"),
        (replace(PI5, features=frozenset({"asimd"})), "warn", "without dot products"),
        (SERVER, "ok", "with AVX2"),
        (replace(SERVER, features=frozenset({"sse4_2"})), "warn", "without AVX2"),
        (replace(PI5, machine="riscv64"), "warn", "riscv64"),
    ],
)
def test_a_processor_is_judged_by_what_makes_it_quick(
    machine: Machine, status: str, words: str
) -> None:
    check = doctor.check_processor(machine)

    assert check.status == status
    assert words in check.what


@pytest.mark.parametrize(
    ("reading", "status", "words"),
    [
        (None, "ok", "tells nothing"),
        (Reading(), "ok", "fine"),
        (Reading(54), "ok", "54 °C, slows down at 80 °C"),
        (Reading(82, slowed=True), "warn", "82 °C, slowed down"),
        (Reading(54, slowed_before=True), "warn", "was slowed down before"),
        (Reading(54, low_voltage=True), "warn", "voltage is too low"),
        (Reading(54, low_voltage_before=True), "warn", "voltage was too low before"),
    ],
)
def test_heat_and_a_weak_supply_are_warned_of(
    reading: Reading | None, status: str, words: str
) -> None:
    check = doctor.check_board(reading)

    assert check.status == status
    assert words in check.what
    assert bool(check.cure) is (status == "warn")


def test_models_that_do_not_fit_are_warned_of() -> None:
    assert doctor.check_memory(PI5, 6 * 10**9).status == "ok"

    check = doctor.check_memory(replace(PI5, cores=1), 8 * 10**9)

    assert (check.status, check.what) == (
        "warn",
        "1 core, 7.0 GB of 8.0 GB free, and the models alone take 8.0 GB",
    )


def test_models_are_weighed_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "stt").mkdir()
    (tmp_path / "stt" / "model.bin").write_bytes(b"12345")
    (tmp_path / "stt" / "config.json").write_bytes(b"12")
    (tmp_path / "voice.onnx").write_bytes(b"123")
    config = Config.model_validate(
        {
            "stt": {"model": tmp_path / "stt"},
            "llm": {"model": tmp_path / "missing.gguf"},
            "tts": {"engine": "piper", "voice": str(tmp_path / "voice.onnx")},
        }
    )

    assert doctor.model_bytes(config) == 10


def test_packages_are_looked_up_not_imported() -> None:
    assert doctor.check_package("numpy").status == "ok"
    assert doctor.check_package("no-such-package") == Check(
        "no-such-package", "fail", "is not installed", doctor.SETUP
    )


def needed(**settings: dict[str, str]) -> set[str]:
    return {check.name for check in doctor.check_optional(Config.model_validate(settings))}


def test_packages_are_wanted_only_where_the_settings_use_them() -> None:
    assert needed() == {"pywebrtc-audio"}
    assert needed(audio={"duplex": "half"}) == set()
    wakes = {"mode": "wake_word"}
    assert needed(audio={"duplex": "full"}, attention=wakes) == {"pymicro-wakeword"}
    assert "gpiod" in needed(signals={"led": "gpiochip0:27"})
    assert "gpiod" in needed(attention={"button": "gpiochip0:17"})


def turn(trial: Trial, engine: str = "smart_turn") -> Check:
    config = Config.model_validate({"turn": {"engine": engine}})
    return doctor.check_turn(config, lambda section, _: {"turn": trial}[section], PI5)


def test_a_turn_detector_that_works_is_told_with_its_time() -> None:
    check = turn(Trial("smart_turn", seconds=0.31))

    assert check == Check("turn: smart_turn", "ok", "loads and works, 0.3 s")


def test_whoever_wants_no_turn_detector_misses_none() -> None:
    check = turn(Trial("none", what="was tried"), engine="none")

    assert (check.name, check.status, check.cure) == ("turn: none", "ok", "")


@pytest.mark.parametrize(
    ("trial", "words"),
    [
        (Trial("smart_turn", what="no such file", cure="Fetch it."), "no such file: words and"),
        (Trial("smart_turn", signal=4), "was ended by SIGILL: words and"),
    ],
)
def test_a_turn_detector_that_fails_is_a_pity_and_no_failure(trial: Trial, words: str) -> None:
    check = turn(trial)

    assert check.status == "warn" and words in check.what and check.cure


def test_a_wake_word_is_tried_where_one_is_waited_for() -> None:
    def trial(section: str, _: Config) -> Trial:
        return Trial(
            section, None if section == "attention" else 0.1, "is not known", "Take another."
        )

    def told(mode: str) -> list[Check]:
        config = Config.model_validate({"attention": {"mode": mode}})
        checks = doctor.run_checks(config, devices=lambda: [MICROPHONE, SPEAKER], trial=trial)
        return [check for check in checks if check.name.startswith("attention:")]

    failure = Check("attention: attention", "fail", "is not known", "Take another.")
    assert told("wake_word") == [failure]
    assert told("always") == []


def test_a_missing_espeak_library_is_named() -> None:
    assert doctor.check_espeak("libno-such.so.1") == Check(
        "espeak-ng", "fail", "libno-such.so.1 is missing", "sudo apt-get install libespeak-ng1"
    )


def test_a_build_for_another_processor_is_told_even_if_it_seems_to_work() -> None:
    check = doctor.check_engine("llm", Trial("llama", seconds=0.1, needs=("NEON", "SVE")), PI5)

    assert check.status == "fail"
    assert "a processor with sve" in check.what


def test_the_profile_that_is_run_is_told(tmp_path: Path) -> None:
    config = Config.model_validate({"profiles": [{"name": "small"}]})
    ledger = Ledger(tmp_path / "starts.json")
    assert doctor.check_profile(config, ledger).status == "ok"
    ledger.begin("made of", Standing(), 1, "the main profile cannot be run")
    again = Ledger(tmp_path / "starts.json")
    assert doctor.check_profile(config, again).what == "small: the main profile cannot be run"
    assert doctor.check_profile(Config(), again).status == "ok", "it is there no longer"


def test_what_an_engine_says_about_its_model_is_passed_on() -> None:
    trial = Trial("llama", what="chat.gguf: is empty", cure="Fetch the model again.")

    assert doctor.check_engine("llm", trial, PI5) == Check(
        "llm: llama", "fail", "chat.gguf: is empty", "Fetch the model again."
    )


@pytest.mark.parametrize(
    ("section", "machine", "number", "cure"),
    [
        ("llm", SERVER, 11, "AMX"),
        ("llm", PI5, 4, "does not fit this processor"),
        ("stt", SERVER, 4, "does not fit this processor"),
        ("llm", SERVER, 9, "choose a smaller model"),
    ],
)
def test_an_engine_that_kills_its_process_is_told_apart(
    section: str, machine: Machine, number: int, cure: str
) -> None:
    check = doctor.check_engine(section, Trial("some", signal=number), machine)

    assert check.status == "fail"
    assert check.what.startswith("its process was ended by SIG")
    assert cure in check.cure


def listen(wanted: str | None, *known: FakeDevice) -> Check:
    config = Config.model_validate({"audio": {"input_device": wanted}})
    return next(doctor.check_sound(config, lambda: known))


def test_without_a_wish_the_default_device_is_taken() -> None:
    check = listen(None, SPEAKER, WEBCAM, MICROPHONE)

    assert check == Check("microphone", "ok", "USB Speakerphone, the system's default")


def test_a_device_is_found_by_a_part_of_its_name() -> None:
    assert listen("webCAM", MICROPHONE, WEBCAM) == Check("microphone", "ok", "Webcam")


def test_whoever_has_the_whole_name_is_preferred_as_when_it_is_opened() -> None:
    webcam_two = FakeDevice("Webcam 2", max_inputs=2)
    assert listen("webcam", webcam_two, WEBCAM) == Check("microphone", "ok", "Webcam")


def test_without_a_wish_and_without_a_default_one_has_to_be_named() -> None:
    check = listen(None, WEBCAM, SPEAKER)
    assert check.status == "fail"
    assert check.cure == "Set audio.input_device to one of: Webcam."


def test_a_device_that_is_not_there_is_told_with_those_that_are() -> None:
    check = listen("Jabra", MICROPHONE, WEBCAM, SPEAKER)

    assert check.status == "fail"
    assert check.cure == "Set audio.input_device to one of: USB Speakerphone, Webcam."


def test_a_loudspeaker_is_no_microphone() -> None:
    microphone, loudspeaker = doctor.check_sound(Config(), lambda: [SPEAKER])

    assert (microphone.status, microphone.what) == ("fail", "none is connected")
    assert loudspeaker.status == "ok"


def test_a_sound_system_that_hangs_is_one_line() -> None:
    def hang() -> list[FakeDevice]:
        raise DeviceError("The sound system did not answer", "Unplug what hangs.")

    assert list(doctor.check_sound(Config(), hang)) == [
        Check("sound", "fail", "The sound system did not answer", "Unplug what hangs.")
    ]


def test_phrases_that_cannot_be_used_are_one_line_with_a_cure(tmp_path: Path) -> None:
    file = tmp_path / "phrases.yaml"
    file.write_text("stop: [")
    check = doctor.check_phrases(Config.model_validate({"phrases": {"file": file}}))
    assert (check.name, check.status) == ("phrases", "fail")
    assert str(file) in check.what and check.cure

    check = doctor.check_phrases(Config())
    assert check.status == "ok"


def test_the_settings_in_use_are_named(tmp_path: Path) -> None:
    assert doctor.check_config(tmp_path / "my.yaml").what == str(tmp_path / "my.yaml")
    assert "default" in doctor.check_config(None).what


def test_the_model_hub_is_off() -> None:
    assert doctor.check_offline("1").status == "ok"
    assert doctor.check_offline("0").status == "warn"


def test_this_machine_knows_itself() -> None:
    machine = doctor.this_machine()

    assert machine.cores >= 1
    assert 0 < machine.available <= machine.memory
    assert machine.processor


def test_of_two_that_are_called_alike_the_place_must_be_said() -> None:
    jabra = FakeDevice("Jabra: USB Audio (hw:1,0)", 1, 2, True, True, places=("usb:1-1.3",))
    twin = replace(jabra, name="Jabra: USB Audio (hw:2,0)", places=("usb:1-1.4",))

    def told(wanted: str | None) -> list[tuple[str, str]]:
        device = {"input_device": wanted, "output_device": wanted}
        config = Config.model_validate({"audio": device})
        checks = doctor.check_sound(config, lambda: [jabra, twin])
        return [(check.status, check.cure) for check in checks]

    for vague in (None, "jabra"):
        assert [status for status, _ in told(vague)] == ["warn", "warn"]
        assert "usb:1-1.3, usb:1-1.4" in told(vague)[0][1]
    assert [status for status, _ in told("usb:1-1.4")] == ["ok", "ok"]
