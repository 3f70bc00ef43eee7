"""The thread that ties together what one request set off: its id is taken from the request, carried by every event that
follows from it and written in every line of the log, in all three services."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID, uuid4

_HEX = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something happens: the request that began it all, and the event that led to it, where there is one."""

    correlation_id: str | None = None
    causation_id: str | None = None


NOTHING = Cause()
_cause: ContextVar[Cause] = ContextVar("opendoor_cause", default=NOTHING)


def current() -> Cause:
    """Why this thread does what it does just now."""
    return _cause.get()


def because_of(cause: Cause) -> None:
    """Say from now on in this thread that `cause` is the reason; NOTHING when its work is done."""
    _cause.set(cause)


@contextmanager
def following(correlation_id: str | None, causation_id: str | None = None) -> Iterator[None]:
    """Inside the block everything happens because of this."""
    token = _cause.set(Cause(correlation_id, causation_id))
    try:
        yield
    finally:
        _cause.reset(token)


def of_request(given: str | None) -> str:
    """The id of a request: the one its sender chose, if it is a UUID or 32 hex digits and nothing else; else a new one.

    Nothing a sender could write a name, a line break or a secret into is ever taken over.
    """
    if given and _HEX.fullmatch(given):
        return str(UUID(given))
    return str(uuid4())
