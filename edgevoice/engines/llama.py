"""A chat model in a GGUF file, run by llama.cpp.

The key-value cache holds the tokens evaluated so far. A prompt that begins like the last one pays
only for its new tokens, so conversations are kept append-only. `stop` is looked at before every
slice of the prompt and before every token of the reply; whenever we stop, the cache holds exactly
the tokens that it says it holds.

A reply consists of words until it begins the call of a tool; from there on a grammar leaves no
choice but a whole call that fits the tool. (llama.cpp has a sampler that waits for such a beginning
by itself. It throws when a token goes on beyond it in a way that the grammar does not know, and
that ends the process.)
"""

import codecs
import ctypes
import logging
import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from edgevoice.engines.base import Message, Stop, ToolCall, ToolSpec
from edgevoice.engines.chat_template import ChatTemplate
from edgevoice.engines.constraint import Constraint, control_tokens, piece_of
from edgevoice.engines.prefix import reusable
from edgevoice.engines.tool_format import OPENING, Watch, call_in
from edgevoice.errors import EngineError, ModelError

log = logging.getLogger(__name__)

SLICE = 32
"""Prompt tokens between two looks at `stop`."""

CURE = "Fetch the model again, or set llm.model to a GGUF chat model."

SENTENCE_ENDS = (".", "!", "?", "…")

_MAGIC = b"GGUF"


class LlamaChat:
    """A `ChatModel`."""

    def __init__(
        self,
        path: Path,
        *,
        threads: int,
        context_tokens: int = 2048,
        max_tokens: int = 200,
        temperature: float = 0.0,
        top_p: float = 0.95,
        min_p: float = 0.05,
        seed: int = 1,
    ) -> None:
        """Load the GGUF file in `path`.

        `context_tokens`: how much conversation fits. `max_tokens`: longest reply. `temperature`:
        0 takes the likeliest token; above, tokens are drawn from the likeliest (`top_p`, `min_p`)
        with `seed`, anew for every reply. Raises `ModelError`.
        """
        self.evaluated_tokens = 0
        self._llama = _load(path, threads, context_tokens)
        self._api, _ = _native()
        self._vocab = self._api.llama_model_get_vocab(self._llama.model)
        self._context = self._llama.n_ctx()
        self._threads = threads
        self._max_tokens = max_tokens
        self._share = 1.0
        self._sampling = (temperature, top_p, min_p, seed)
        self._cached: list[int] = []
        bos, eos = (self._name(t) for t in (self._llama.token_bos(), self._llama.token_eos()))
        self._bos = bos if self._api.llama_vocab_get_add_bos(self._vocab) else ""
        source = self._api.llama_model_chat_template(self._llama.model, None)
        if not source:
            raise ModelError(f"{path}: has no chat template, so it is no chat model", CURE)
        control = control_tokens(self._api, self._vocab)
        self._template = ChatTemplate(
            source.decode("utf-8", "replace"), bos=bos, eos=eos, control=control
        )
        self._tools: tuple[ToolSpec, ...] = ()
        self._grammars: dict[bool, str] = {}

    @property
    def knows_tools(self) -> bool:
        """Whether its chat template does."""
        return self._template.knows_tools

    def prefill(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> None:
        self._evaluate_prompt(self._tokens(self._template.render_open(messages, tools)), stop)

    def stream(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> Iterator[str | ToolCall]:
        if not self._evaluate_prompt(self._tokens(self._template.render(messages, tools)), stop):
            return
        sampler = self._sampler()
        try:
            yield from self._generate(sampler, stop, tools)
        finally:
            self._api.llama_sampler_free(sampler)

    def price(self, tools: Sequence[ToolSpec]) -> int:
        asked = [Message("system", "x"), Message("user", "x")]
        with_them, without = (self._template.render(asked, some) for some in (tools, ()))
        return len(self._tokenized(with_them)) - len(self._tokenized(without))

    def ease(self, share: float) -> None:
        """A reply ends with the sentence in which its share of tokens is used up."""
        self._share = share

    def forget(self) -> None:
        # The cells are overwritten, not only marked as free; the binding keeps the tokens besides.
        self._api.llama_memory_clear(self._api.llama_get_memory(self._llama.ctx), True)
        self._llama.input_ids.fill(0)
        self._llama.n_tokens = 0
        self._cached.clear()

    def close(self) -> None:
        """Give the model's memory back."""
        self._llama.close()

    def _generate(
        self, sampler: Any, stop: Stop, tools: Sequence[ToolSpec]
    ) -> Iterator[str | ToolCall]:
        # A character may be spread over several tokens; half a character at the end is dropped.
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        watch = Watch() if tools else None
        enough = self._share * self._max_tokens
        for number in range(self._max_tokens):
            if len(self._cached) >= self._context:
                break
            token = self._api.llama_sampler_sample(sampler, self._llama.ctx, -1)
            if self._api.llama_vocab_is_eog(self._vocab, token):
                break
            text = piece = decoder.decode(self._piece(token))
            if watch:
                # Where it is a control token, it has no text.
                text = watch.words(piece or (OPENING if self._name(token) == OPENING else ""))
            if text:
                yield text
            if stop.is_set():
                return
            if watch and watch.called:
                constraint, tokens = self._begun(tools, token, piece, watch)
                with constraint:
                    yield from self._call(
                        sampler, stop, constraint, tokens, self._max_tokens - number
                    )
                return
            if number >= enough and piece.rstrip().endswith(SENTENCE_ENDS):
                break
            self._evaluate([token])
        if watch and (text := watch.end()):
            yield text

    def _begun(
        self, tools: Sequence[ToolSpec], token: int, piece: str, watch: Watch
    ) -> tuple[Constraint, list[int]]:
        """What the call that began within `token` is held to, and what is to be evaluated first."""
        grammar = self._grammar(tools, watch.opened)
        before = piece.removesuffix(watch.rest)
        if watch.rest:
            constraint = self._constraint(grammar, before)
            if constraint.fits(token):
                constraint.read(token)
                return constraint, [token]
            constraint.close()
            # It goes on as no call does: only its good part is kept.
            good = before.encode() if watch.opened else b""
            tokens = self._llama.tokenize(good, add_bos=False, special=False) if good else []
            return self._constraint(grammar), tokens
        return self._constraint(grammar), [token]

    def _call(
        self, sampler: Any, stop: Stop, constraint: Constraint, tokens: list[int], most: int
    ) -> Iterator[ToolCall]:
        """The call, after `tokens`, unless it takes more than `most`."""
        for _ in range(most):
            if stop.is_set():
                return
            if len(self._cached) + len(tokens) >= self._context:
                break
            if tokens:
                self._evaluate(tokens)
            if (token := constraint.choose(sampler)) is None:
                break
            constraint.read(token)
            if constraint.text.endswith("}") and (call := call_in(constraint.text)):
                yield call
                return
            tokens = [token]
        log.warning("the language model began to call a tool, but did not come to an end")

    def _constraint(self, grammar: str, before: str = "") -> Constraint:
        return Constraint(self._api, self._vocab, self._llama.ctx, grammar, before)

    def _grammar(self, tools: Sequence[ToolSpec], opened: bool) -> str:
        if self._tools != tuple(tools):
            self._tools, self._grammars = tuple(tools), {}
        if opened not in self._grammars:
            self._grammars[opened] = self._template.calls.grammar(tools, opened=opened)
        return self._grammars[opened]

    def _tokens(self, text: str) -> list[int]:
        tokens = self._tokenized(text)
        if len(tokens) >= self._context:
            raise EngineError(
                f"the conversation of {len(tokens)} tokens does not fit into the model's context "
                f"of {self._context}",
                "Drop its oldest turns, or raise llm.context_tokens.",
            )
        return tokens

    def _tokenized(self, text: str) -> list[int]:
        add_bos = bool(self._bos) and not text.startswith(self._bos)
        tokens: list[int] = self._llama.tokenize(text.encode(), add_bos=add_bos, special=True)
        return tokens

    def _evaluate_prompt(self, tokens: list[int], stop: Stop) -> bool:
        """Bring `tokens` into the cache; answers whether the model may continue them now."""
        threads = max(1, round(self._share * self._threads))
        self._api.llama_set_n_threads(self._llama.ctx, threads, threads)
        known = reusable(self._cached, tokens)
        while known < len(tokens):
            if stop.is_set():
                return False
            known = self._forget_from(known)
            self._evaluate(tokens[known : known + SLICE])
            known = len(self._cached)
        return bool(tokens) and not stop.is_set()

    def _forget_from(self, known: int) -> int:
        """Cut the cache to its first `known` tokens, or to none where the model cannot do that."""
        if known < len(self._cached):
            memory = self._api.llama_get_memory(self._llama.ctx)
            if not (known and self._api.llama_memory_seq_rm(memory, 0, known, -1)):
                # Recurrent and sliding-window models have no way back but to start again.
                self._api.llama_memory_clear(memory, True)
                known = 0
            del self._cached[known:]
            self._llama.n_tokens = known
        return known

    def _evaluate(self, tokens: list[int]) -> None:
        try:
            self._llama.eval(tokens)
        except RuntimeError as error:
            self._forget_from(0)
            raise EngineError(
                f"the language model failed ({error})", "Try another llm.model."
            ) from error
        self._cached += tokens
        self.evaluated_tokens += len(tokens)

    def _sampler(self) -> Any:
        """A llama.cpp sampler chain; the caller frees it."""
        api = self._api
        temperature, top_p, min_p, seed = self._sampling
        chain = api.llama_sampler_chain_init(api.llama_sampler_chain_default_params())
        if temperature:
            parts = [
                api.llama_sampler_init_top_p(top_p, 1),
                api.llama_sampler_init_min_p(min_p, 1),
                api.llama_sampler_init_temp(temperature),
                api.llama_sampler_init_dist(seed),
            ]
        else:
            parts = [api.llama_sampler_init_greedy()]
        for part in parts:
            api.llama_sampler_chain_add(chain, part)
        return chain

    def _piece(self, token: int) -> bytes:
        """The bytes that `token` stands for; none for control tokens."""
        return piece_of(self._api, self._vocab, token)

    def _name(self, token: int) -> str:
        """The text of a special token; empty where the model has none."""
        if token < 0:
            return ""
        return str(self._api.llama_vocab_get_text(self._vocab, token).decode("utf-8", "replace"))


_complaints: list[str] = []
"""What llama.cpp said was wrong since loading began."""


@cache
def _native() -> tuple[Any, object]:
    """The llama_cpp module, its log taken off the terminal, and what listens to the log instead.

    The listener must live as long as the library: llama.cpp holds no reference that counts.
    """
    import llama_cpp

    # Where it gives up, ggml has a debugger print the stack, words in it, on standard error.
    os.environ["GGML_NO_BACKTRACE"] = "1"

    def listen(_level: int, text: bytes, _data: object) -> None:
        _, found, reason = text.decode("utf-8", "replace").partition("error loading model: ")
        if found:
            _complaints.append(reason.strip())

    listener = llama_cpp.llama_log_callback(listen)
    llama_cpp.llama_log_set(listener, ctypes.c_void_p(0))
    return llama_cpp, listener


def _load(path: Path, threads: int, context_tokens: int) -> Any:
    """A `llama_cpp.Llama`; raises `ModelError`."""
    _check(path)
    native, _ = _native()
    _complaints.clear()
    try:
        return native.Llama(
            str(path),
            n_ctx=context_tokens,
            n_batch=SLICE,
            n_ubatch=SLICE,
            n_threads=threads,
            n_threads_batch=threads,
            verbose=False,
        )
    except Exception as error:  # it also parses metadata and templates, and lets through what fails
        reason = _complaints[-1] if _complaints else str(error)
        if str(path) in reason:  # it names the file once more, and no reason
            reason = "it is truncated or damaged, or made for a newer llama.cpp"
        raise ModelError(f"{path}: cannot be loaded ({reason})", CURE) from error


def _check(path: Path) -> None:
    """The plainest faults of a file, named more plainly than llama.cpp does."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except FileNotFoundError:
        raise ModelError(f"{path}: no such model file", CURE) from None
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})", CURE) from None
    if not magic:
        raise ModelError(f"{path}: is empty", CURE)
    if magic != _MAGIC:
        raise ModelError(f"{path}: is not a GGUF file", CURE)
