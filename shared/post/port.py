"""What it means to send a letter. It says as little as it can: whom it is meant for may not be its only reader."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class NotSent(Exception):
    """A letter did not leave. `why` is a plain sentence without an address or a word of the letter in it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class PostAway(NotSent):
    """Nothing can be sent just now, neither this letter nor another; the same call may work later."""


class TryAgain(NotSent):
    """This letter was not taken now, but may be later; others may go."""


class LetterRefused(NotSent):
    """This letter will never be taken."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one person. `id` is a UUID: the same letter sent twice can be told by it.

    `language` is a tag such as cy; `written_at` is aware. Raises ValueError for an id that is none.
    """

    id: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    language: str
    written_at: datetime

    def __post_init__(self) -> None:
        """An id becomes the name of a file and a header."""
        if not _ID.fullmatch(self.id):
            raise ValueError("a letter needs a UUID")


class Post(Protocol):
    """Carries letters, at least once each."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over; on return somebody else answers for it. Raises PostAway, TryAgain or LetterRefused."""

    def forget(self, letter_id: str) -> None:
        """Erase what we ourselves still keep of a letter; nothing happens where nothing is kept. Raises PostAway."""
