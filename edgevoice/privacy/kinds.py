"""What gives a person away, and where it was found."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a hidden stretch of words was; of two that overlap, the one further up here counts."""

    EMAIL = "email"
    CARD = "card"  # payment
    SSN = "ssn"
    MRN = "mrn"  # a medical record's number
    INSURANCE = "insurance"
    DOB = "dob"  # date of birth
    ADDRESS = "address"
    PHONE = "phone"
    NUMBER = "number"  # long enough to be somebody's, nobody said what
    NAME = "name"

    @property
    def token(self) -> str:
        """What stands in the place of the words."""
        return f"[{self}]"


RANK = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of text, characters `start` to `end`, that gives somebody away; not its words."""

    kind: Kind
    start: int
    end: int
