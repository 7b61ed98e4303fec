"""A sound process that says what nobody understands: it is given up, and nothing else breaks."""

import asyncio
from collections.abc import Callable

import pytest

from edgevoice.errors import DeviceError
from edgevoice.transports.local import LocalTransport

BABBLES = """
import json, os, sys
os.write(json.loads(sys.argv[1])["pipe"], {nonsense!r})
"""


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\xff\xfe\x00\n",
        b'{"input": \n',
        b"[1, 2]\n",
        b'"spk"\n',
        b'{"input": {"name": 7}}\n',
        b'{"input": null}\n',
        b"[" * 50_000 + b"\n",
    ],
)
def test_nonsense_is_a_device_that_failed(
    instead_of: Callable[[str, str], None], nonsense: bytes
) -> None:
    instead_of("pyaudio", BABBLES.replace("{nonsense!r}", repr(nonsense)))

    async def scene() -> None:
        transport = LocalTransport()
        with pytest.raises(DeviceError, match="talks nonsense"):
            await transport.open()
        assert transport.process_id is None
        await transport.aclose()

    asyncio.run(scene())
