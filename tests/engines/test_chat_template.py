"""Chat templates, in the shapes that models in the wild have."""

from itertools import pairwise

import pytest

from edgevoice.engines.base import Message
from edgevoice.engines.chat_template import ChatTemplate
from edgevoice.errors import EngineError, ModelError
from tests.engines.tiny_gguf import CHATML

CONVERSATION = [
    Message("system", "Be brief."),
    Message("user", "Hi."),
    Message("assistant", "Hello."),
    Message("user", "Bye."),
]

HEADERS = """\
{{ bos_token }}
{%- for message in messages %}
    {%- if message['role'] not in ['system', 'user', 'assistant'] %}
        {{- raise_exception('who?') }}
    {%- endif %}
    {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' }}
    {{- message['content'] | trim + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""

NO_SYSTEM = """\
{{ bos_token }}
{%- if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}
{%- for message in messages %}
{%- if (message.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('?!') }}{% endif %}
{{- '[' + message.role + ':' + message.content + ']' }}
{%- endfor %}"""


def template(source: str) -> ChatTemplate:
    return ChatTemplate(source, bos="<s>", eos="</s>")


def test_chatml() -> None:
    assert template(CHATML).render(CONVERSATION[:2]) == (
        "<|im_start|>system\nBe brief.<|im_end|>\n"
        "<|im_start|>user\nHi.<|im_end|>\n"
        "<|im_start|>assistant\n"
    )


def test_headers() -> None:
    assert template(HEADERS).render(CONVERSATION[1:2]) == (
        "<s><|start_header_id|>user<|end_header_id|>\n\nHi.<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )


@pytest.mark.parametrize("source", [CHATML, HEADERS])
def test_prompts_only_grow(source: str) -> None:
    rendered = [template(source).render(CONVERSATION[:count]) for count in range(1, 5)]
    assert all(later.startswith(one) for one, later in pairwise(rendered))


@pytest.mark.parametrize("source", [CHATML, HEADERS, NO_SYSTEM])
@pytest.mark.parametrize("count", [2, 4])
def test_an_unfinished_message_is_open_where_it_goes_on(source: str, count: int) -> None:
    *before, last = CONVERSATION[:count]
    for begun in ["", "what", "what is"]:
        opened = template(source).render_open([*before, Message("user", begun)])
        assert opened.endswith(begun)
        whole = template(source).render([*before, Message("user", "what is it?")])
        assert whole.startswith(opened)
        assert len(opened) == whole.index("what is it?") + len(begun)
    assert last.content not in opened


@pytest.mark.parametrize("source", [CHATML, HEADERS, NO_SYSTEM])
def test_after_a_reply_it_is_open_for_the_words_that_follow(source: str) -> None:
    opened = template(source).render_open(CONVERSATION[:3])
    assert opened == template(source).render_open([*CONVERSATION[:3], Message("user", "")])
    assert template(source).render(CONVERSATION).startswith(opened)
    assert "Hello." in opened


@pytest.mark.parametrize(
    ("source", "opened"),
    [
        ("{{ messages[-1].content | upper }}", "WHAT IS"),
        ("{{ messages[-1].content | reverse }} ", ""),
        ("<{{ messages[-1].content[:4] }}>", "<what>"),
        ("[{{ messages[-1].content }}|{{ messages[-1].content }}]", "[what is"),
    ],
)
def test_a_template_that_changes_the_words_gives_what_is_certain(source: str, opened: str) -> None:
    asked = [Message("user", "what is")]
    assert template(source).render_open(asked) == opened


def test_the_reply_begins_after_the_user_only() -> None:
    assert template(CHATML).render(CONVERSATION[:1]).endswith("Be brief.<|im_end|>\n")
    assert template(CHATML).render(CONVERSATION[:3]).endswith("Hello.<|im_end|>\n")


def test_a_model_without_system_messages_hears_it_from_the_user() -> None:
    assert template(NO_SYSTEM).render(CONVERSATION) == (
        "<s>[user:Be brief.\n\nHi.][assistant:Hello.][user:Bye.]"
    )


@pytest.mark.parametrize(
    "source",
    [
        "{{ raise_exception('not after ' + messages[-1].content) }}",
        "{{ raise_exception(messages[-1].content) }}",
        "{{ {}[messages[-1].content].x }}",
        "{{ messages[-1].content | int(default=none) + 1 }}",
    ],
)
def test_a_refusal_says_nothing_that_was_said(source: str) -> None:
    with pytest.raises(EngineError, match="refuses") as refusal:
        template(source).render([Message("user", "my code is tulip")])
    assert "tulip" not in str(refusal.value)


def test_a_refusal_says_why() -> None:
    with pytest.raises(EngineError, match=r"refuses this conversation \(\?!\)"):
        template(NO_SYSTEM).render([CONVERSATION[1], CONVERSATION[3]])
    with pytest.raises(EngineError, match="System role not supported"):
        template(NO_SYSTEM).render(CONVERSATION[:1])


def test_reasoning_is_off_and_there_is_no_clock() -> None:
    source = "{{ enable_thinking }} {{ strftime_now is defined }} {{ tools is none }}"
    assert template(source).render(CONVERSATION) == "False False True"


def test_blocks_leave_no_empty_lines() -> None:
    source = "{% for m in messages %}\n  {% if true %}\nx\n  {% endif %}\n{% endfor %}\n"
    assert template(source).render(CONVERSATION[:2]) == "x\nx\n"


def test_loop_controls() -> None:
    source = "{% for m in messages %}{{ m.role }}{% break %}{% endfor %}"
    assert template(source).render(CONVERSATION) == "system"


def test_words_are_not_read_as_a_template() -> None:
    assert template("{{ messages[0].content }}").render([Message("user", "{{ 1 + 1 }}")]) == (
        "{{ 1 + 1 }}"
    )


@pytest.mark.parametrize(
    "source",
    [
        "{{ messages.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ messages.append(1) }}",
        "{{ messages[0].content + 1 }}",
        "{{ 1 / 0 }}",
    ],
)
def test_a_template_can_do_no_harm(source: str) -> None:
    with pytest.raises(EngineError, match="refuses"):
        template(source).render(CONVERSATION)


@pytest.mark.parametrize("source", ["{% for %}", "{{ x", "{% nonsense %}"])
def test_broken_templates(source: str) -> None:
    with pytest.raises(ModelError, match="template is broken"):
        template(source)
