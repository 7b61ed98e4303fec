"""Leaves a model no choice but what a grammar knows (through llama.cpp).

llama.cpp throws, and with that ends the process, when its grammar is told of a token that does not
fit; so no token is told that was not asked about. It also lets pass bytes that are no characters
(UTF-8 longer than need be), so these are looked at here.
"""

import codecs
import ctypes
from types import TracebackType
from typing import Any

import numpy as np

from edgevoice.engines.gbnf_text import literal
from edgevoice.errors import EngineError

_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class Constraint:
    """A grammar (GBNF), and how far it has been read; a context manager."""

    def __init__(self, api: Any, vocab: Any, context: Any, grammar: str, before: str = "") -> None:
        """`api`: the llama_cpp module. `grammar`: its rule `call` is what may be written, and first
        of all `before`, because the first token begins with it. Raises `EngineError`."""
        self._read = ""
        self._before = before
        self._api = api
        self._context = context
        self._size: int = api.llama_vocab_n_tokens(vocab)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._vocab = vocab
        rules = f"root ::= {literal(before)} call\n{grammar}"
        self._grammar = api.llama_sampler_init_grammar(vocab, rules.encode(), b"root")
        if not self._grammar:
            raise EngineError(
                "llama.cpp refuses the grammar of the tools",
                "Take out the tool whose parameters are unusual.",
            )

    def __enter__(self) -> "Constraint":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the grammar."""
        self._api.llama_sampler_free(self._grammar)

    @property
    def text(self) -> str:
        """What was read so far of the call."""
        return self._read.removeprefix(self._before)

    def choose(self, sampler: Any) -> int | None:
        """The token that `sampler` takes next of those that fit; None where there is none."""
        likely = np.empty(self._size, _CANDIDATE)
        likely["id"] = np.arange(self._size)
        logits = self._api.llama_get_logits_ith(self._context, -1)
        likely["logit"] = np.ctypeslib.as_array(logits, (self._size,))
        # To ask about every token takes long: the likeliest fits most of the time.
        if self.fits(token := self._picked(sampler, likely)):
            return token
        self._apply(self._grammar, likely)
        while np.isfinite(likely["logit"]).any():
            if self.fits(token := self._picked(sampler, likely)):
                return token
            likely["logit"][token] = -np.inf
        return None

    def read(self, token: int) -> None:
        """`token`, which fits, is the next one."""
        self._api.llama_sampler_accept(self._grammar, token)
        self._read += self._decoder.decode(piece_of(self._api, self._vocab, token))

    def _picked(self, sampler: Any, likely: Any) -> int:
        candidates = likely.copy()  # samplers sort
        array = self._apply(sampler, candidates)
        return int(array.data[array.selected].id)

    def fits(self, token: int) -> bool:
        """Whether `token` may be the next one."""
        if self._api.llama_vocab_is_eog(self._vocab, token) or not self._allows(token):
            return False
        state = self._decoder.getstate()
        try:
            self._decoder.decode(piece_of(self._api, self._vocab, token))
        except UnicodeDecodeError:
            return False
        finally:
            self._decoder.setstate(state)
        return True

    def _allows(self, token: int) -> bool:
        one = np.array([(token, 0.0, 0.0)], _CANDIDATE)
        self._apply(self._grammar, one)
        return bool(np.isfinite(one["logit"][0]))

    def _apply(self, sampler: Any, candidates: Any) -> Any:
        data = candidates.ctypes.data_as(ctypes.POINTER(self._api.llama_token_data))
        array = self._api.llama_token_data_array(data, len(candidates), -1, False)
        self._api.llama_sampler_apply(sampler, ctypes.byref(array))
        return array


def piece_of(api: Any, vocab: Any, token: int) -> bytes:
    """The bytes that `token` stands for; none for control tokens."""
    size = 64
    while True:
        buffer = ctypes.create_string_buffer(size)
        used = api.llama_token_to_piece(vocab, token, buffer, size, 0, False)
        if used >= 0:
            return buffer.raw[:used]
        size = -used


def control_tokens(api: Any, vocab: Any) -> list[str]:
    """The texts that the tokeniser takes for something else than words."""
    found = []
    control = api.LLAMA_TOKEN_ATTR_CONTROL | api.LLAMA_TOKEN_ATTR_UNKNOWN
    for token in range(api.llama_vocab_n_tokens(vocab)):
        kind = api.llama_vocab_get_attr(vocab, token)
        if kind & (control | api.LLAMA_TOKEN_ATTR_USER_DEFINED):
            text = api.llama_vocab_get_text(vocab, token).decode("utf-8", "replace")
            # Whole words, and white space, may be "user defined" too.
            if kind & control or text[:1] + text[-1:] in ("<>", "[]"):
                found.append(text)
    return found
