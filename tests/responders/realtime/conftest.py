from pathlib import Path

import pytest

from tests.responders.realtime.certificate import server_context
from tests.responders.realtime.flavours import Flavour, GeminiFlavour, OpenAIFlavour


@pytest.fixture
def gemini(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GeminiFlavour:
    context = server_context(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    return GeminiFlavour(context)


@pytest.fixture(params=["openai", "gemini"])
def flavour(request: pytest.FixtureRequest) -> Flavour:
    if request.param == "openai":
        return OpenAIFlavour()
    made: GeminiFlavour = request.getfixturevalue("gemini")
    return made
