"""What any object store must do for us; both adapters are held to it by one behaviour suite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class ObjectMissing(LookupError):
    """There is no object under that key."""


class ObjectExists(Exception):
    """The key is taken by other bytes, and an object is never overwritten."""


class StoreAway(Exception):
    """The object store cannot be used just now; the same call may work later. Its text is a plain sentence."""


_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")


def checked_key(key: str) -> str:
    """The key, if it is one. Raises ValueError for anything that could lead out of the store."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is not a key of the object store")
    return key


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as it lies in the store. `bytes` is its length, `sha256` its hash in hex."""

    key: str
    sha256: str
    bytes: int
    media_type: str


class ObjectStore(Protocol):
    """Objects under keys such as `photos/ab12…`. A key is written once."""

    def make_bucket(self) -> bool:
        """Make the place objects lie in, if it is not there; whether it was made. Raises StoreAway."""

    def check(self) -> None:
        """Raises StoreAway when nothing can be stored just now."""

    def put(self, key: str, body: bytes, media_type: str, *, sha256: str = "") -> StoredObject:
        """Store `body`; durable on return. The same bytes again are fine; other bytes raise ObjectExists.

        `sha256`: its hash in hex, where the caller has worked it out from these very bytes.
        """

    def get(self, key: str) -> bytes:
        """The bytes under `key`. Raises ObjectMissing."""

    def head(self, key: str) -> StoredObject:
        """What lies under `key`, its hash computed from the bytes that are there. Raises ObjectMissing."""

    def link(self, key: str, seconds: int) -> str | None:
        """A link by which a browser gets this one object from the store itself, for so many seconds; None where it
        must come from us. Ask the rules before you give it to anybody."""

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens when it is not there."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that starts with `prefix`, in order."""

    def written(self, prefix: str, after: str = "") -> Iterator[tuple[str, datetime]]:
        """Every key that starts with `prefix` and comes after `after`, in order, with when its object was written."""
