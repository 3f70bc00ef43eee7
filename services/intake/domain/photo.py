"""The life of a photo: listed, safe with us, cleaned or refused, looked at by a second person, erased.

The bytes are somebody else's business (`services.intake.photos`); here is what may follow what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from shared.contracts.refusals import FieldError, invalid
from shared.contracts.sentences import Sentence


class PhotoState(StrEnum):
    """What we have of a photo (wire.md §3, receipt)."""

    MISSING = "missing"
    SAFE = "safe"
    CLEANED = "cleaned"
    REFUSED = "refused"


class Review(StrEnum):
    """What a second person said of the cleaned copy (domain.md §4, photos)."""

    WAITING = "waiting"
    RELEASED = "released"
    HELD_BACK = "held-back"


QUARANTINE = timedelta(days=7)
"""A photo that was held back is gone after this (domain.md §4)."""

TOO_BIG = Sentence("This photo is too big to send. Choose a smaller size on your phone and add it again.")
LOST = Sentence("We could not find this photo any more. Please send it again.")


@dataclass(frozen=True, slots=True)
class ListedPhoto:
    """A photo as a visit names it: the hash is of the bytes to come, `size` their number."""

    photo_id: str
    sha256: str
    media_type: str
    size: int
    zone: str

    @classmethod
    def of(cls, photo: Mapping[str, Any]) -> ListedPhoto:
        """From an entry of `photos[]`."""
        return cls(photo["photo_id"], photo["sha256"], photo["media_type"], photo["bytes"], photo["zone"])


def listed_in(visit: Mapping[str, Any]) -> list[ListedPhoto]:
    """The photos a visit names, in its order."""
    return [ListedPhoto.of(photo) for photo in visit["photos"]]


def refuse_changed_bytes(known: Mapping[str, str], listed: Sequence[ListedPhoto]) -> None:
    """A photo id stands for the same bytes for ever. `known` is id -> hash. Raises Refusal 422."""
    faults = [
        FieldError(
            f"/photos/{at}/sha256", Sentence("is not the hash this photo had before; a new photo needs a new id.")
        )
        for at, photo in enumerate(listed)
        if known.get(photo.photo_id, photo.sha256) != photo.sha256
    ]
    if faults:
        raise invalid(faults)


def settled(states: Sequence[str]) -> bool:
    """Whether nothing is missing any more: each photo is safe, or can never be."""
    return PhotoState.MISSING not in states


def erase_original_before(now: datetime, days: int) -> datetime:
    """Photos that were finished (cleaned and verified, or refused) at this moment or before lose their original now."""
    return now - timedelta(days=days)
