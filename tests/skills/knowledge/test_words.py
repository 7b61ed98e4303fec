"""Words as the index sees them."""

import gc
from collections.abc import Iterator
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.skills.knowledge.words import Stems, joined


@pytest.fixture(scope="module")
def stems() -> Iterator[Stems]:
    stems = Stems()
    yield stems
    stems.close()


def test_words_are_folded_and_stemmed(stems: Stems) -> None:
    assert stems(["Cafés opening", "opened", ""]) == [{"cafe", "open"}, {"open"}, set()]


def test_hyphened_words_are_also_one(stems: Stems) -> None:
    assert joined("the Wi-Fi, a state‑of‑the‑art thing - no") == "WiFi stateoftheart"
    assert stems(["Wi-Fi"]) == [{"wi", "fi", "wifi"}]


def test_nothing_is_left_of_texts_that_were_stemmed(stems: Stems) -> None:
    stems(["secretword " * 50])
    assert stems(["other"]) == [{"other"}]
    gc.collect()
    rows = stems._database.execute("SELECT count(*) FROM stems").fetchone()
    assert rows == (0,)
    assert b"secretword" not in stems._database.serialize()


def test_threads_wait_for_each_other(stems: Stems) -> None:
    results: dict[int, list[frozenset[str]]] = {}

    def work(number: int) -> None:
        for _ in range(50):
            results[number] = stems([f"word{number}"] * 3)

    threads = [Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: [frozenset({f"word{number}"})] * 3 for number in range(4)}


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_has_stems(texts: list[str]) -> None:
    stems = Stems()
    try:
        together = stems(texts)
        assert together == [stems([text])[0] for text in texts]
    finally:
        stems.close()
