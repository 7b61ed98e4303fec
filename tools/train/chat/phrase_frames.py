"""Frames that many requests share, so that one learnt with capitals serves for planets too."""

_WONDERING = (
    "[tell me|please tell me|can you tell me|could you tell me|would you tell me|do you know"
    "|i want to know|i'd like to know|i would like to know|i need to know|i wonder"
    "|i was wondering|let me know|any idea|have you any idea|i forgot|i'm asking you]"
)
_ASKING = (
    "[what is|what's|tell me|give me|please tell me|please give me|can you tell me|can you give me"
    "|could you tell me|could you give me|would you tell me|do you know|i want to know"
    "|i'd like to know|i would like to know|i need|i'm looking for|i forgot|let me know"
    "|please name]"
)


def wondering(clause: str) -> tuple[str, ...]:
    """Requests around an indirect question, such as "how many legs {a} has"."""
    return f"{_WONDERING} {clause}", f"{_WONDERING} {clause} [please||]"


def asking(thing: str) -> tuple[str, ...]:
    """Requests for a ``thing``, such as "the number of legs of {a}"."""
    return (
        f"{_ASKING} {thing}",
        f"{_WONDERING} what {thing} is",
        f"{thing} [please|what is it|]",
    )
