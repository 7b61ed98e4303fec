"""What the built-in tools are called, and tokens for the frame of every call.

A call's frame is a handful of tokens, `{"name": "set_timer", "arguments": {"seconds": ` being one
of them: a nano model has to choose it, not to spell it. Which token stands where is settled by the
longest match, in the tokenizer as in llama.cpp.
"""

from tools.train.chat.chat_format import CALL, CALLED

#: Tools and their arguments in the order in which a call names them; an empty one takes none.
TOOLS: dict[str, tuple[str, ...]] = {
    "current_time": (),
    "current_date": (),
    "set_timer": ("seconds", "label"),
    "cancel_timer": ("label",),
    "timer_status": ("label",),
    "set_alarm": ("time", "day"),
    "cancel_alarm": ("time",),
    "list_alarms": (),
    "set_reminder": ("text", "seconds", "time", "day"),
    "list_reminders": (),
    "cancel_reminder": ("text",),
    "set_volume": ("level",),
    "change_volume": ("direction",),
    "calculate": ("expression",),
    "convert": ("value", "from_unit", "to_unit"),
    "device_status": (),
    "repeat": (),
    "stop": (),
    "mute": (),
    "sleep": (),
    "forget": (),
    "call_person": ("name", "message"),
    "add_to_list": ("item", "list"),
    "read_list": ("list",),
    "remove_from_list": ("item", "list"),
    "clear_list": ("list",),
    "add_note": ("text",),
    "read_notes": (),
    "remember_fact": ("text",),
    "recall_facts": ("about",),
    "forget_facts": ("about",),
    "search_documents": ("query",),
}
_NUMBERS = frozenset({"seconds", "level", "value"})
_OPTIONAL = frozenset(
    "cancel_timer timer_status cancel_alarm cancel_reminder call_person read_list clear_list "
    "recall_facts forget_facts".split()
)


def _opening(key: str) -> str:
    return f'"{key}": ' if key in _NUMBERS else f'"{key}": "'


def _pieces() -> list[str]:
    pieces = [CALL, CALLED, '"}}', "}}", '{"result": "', '{"result": ', '{"error": "', '"}']
    for name, keys in TOOLS.items():
        head = f'{{"name": "{name}", "arguments": {{'
        if not keys or name in _OPTIONAL:
            pieces.append(f"{head}}}}}")
        pieces += [head + _opening(key) for key in keys[:1]]
        for i, key in enumerate(keys[1:]):
            befores = {", " if before in _NUMBERS else '", ' for before in keys[: i + 1]}
            pieces += [before + _opening(key) for before in sorted(befores)]
    return list(dict.fromkeys(pieces))


PIECES: tuple[str, ...] = tuple(_pieces())
