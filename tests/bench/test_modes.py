import pytest
from pydantic import ValidationError

from edgevoice.bench.modes import SERIAL, with_settings
from edgevoice.config import Config


def test_serial_is_one_thing_after_the_other() -> None:
    serial = with_settings(Config(), SERIAL)
    assert serial.vad.soft_end_ms > serial.vad.plain_delay_ms
    assert serial.stt.partial_interval_ms == serial.reply.drafts == 0
    assert not serial.llm.listen_along


def test_all_else_stays_as_it_was() -> None:
    config = with_settings(Config(), {"vad.endpointing_delay_ms": 400})
    assert with_settings(config, SERIAL).vad.endpointing_delay_ms == 400
    back = with_settings(config, {"vad.endpointing_delay_ms": None})
    assert back == Config()


def test_settings_are_checked() -> None:
    with pytest.raises(ValidationError):
        with_settings(Config(), {"reply.drafts": -1})
