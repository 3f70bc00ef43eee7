"""Walks an object store a little at a time, over and over, to find what lies there and should not: bytes come before
the row that names them, and when the row never comes nobody else knows of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import uuid4

import structlog

from shared.storage.blobs.port import ObjectStore

ROW_COMES_WITHIN = timedelta(days=1)
"""What is younger may have its row still to come."""
EVERY = timedelta(hours=1)
KEYS_A_TURN = 2000
FEW = 20

_log = structlog.get_logger(__name__)


class Walk:
    """A walk through the objects under some prefixes. Each begins somewhere else, so that many workers, or one that is
    started often, come by everything sooner or later."""

    def __init__(self, objects: ObjectStore, prefixes: Sequence[str]) -> None:
        self.objects = objects
        self.prefixes = sorted(prefixes)
        self._last = f"{self.prefixes[uuid4().int % len(self.prefixes)]}{uuid4().hex}"
        self._again_at: datetime | None = None

    def old(self, now: datetime, most: int = KEYS_A_TURN) -> list[str]:
        """The keys of the next so many objects that had time enough to get a row; none before it is time again."""
        if self._again_at is not None and now < self._again_at:
            return []
        found = []
        for key, written in islice(self._once_around(), most):
            self._last = key
            if written < now - ROW_COMES_WITHIN:
                found.append(key)
        self._again_at = now + EVERY
        return found

    def go_on(self) -> None:
        """Walk on at once: there was something to be swept."""
        self._again_at = None

    def _once_around(self) -> Iterator[tuple[str, datetime]]:
        began = self._last
        yield from self._after(began)
        for key, written in self._after(""):
            if key > began:
                return
            yield key, written

    def _after(self, last: str) -> Iterator[tuple[str, datetime]]:
        for prefix in self.prefixes:
            if last.startswith(prefix):
                yield from self.objects.written(prefix, last)
            elif last < prefix:
                yield from self.objects.written(prefix)


def sweep(
    through: Walk, now: datetime, named: Callable[[Sequence[str]], Collection[str]], erase: Callable[[str], bool]
) -> int:
    """Erase what no row names, of the next objects on this walk; returns how many went.

    `named`: those of some keys that a row names. `erase`: asks again, where nobody else keeps or erases these bytes,
    and erases; whether it did.
    """
    old = through.old(now)
    known = named(old)
    if _not_ours(old, known):
        return 0
    gone = sum(erase(key) for key in old if key not in known)
    if gone:
        through.go_on()
    return gone


def _not_ours(seen: Collection[str], named: Collection[str]) -> bool:
    """Whether this database knows of nothing at all that lies here: it is another one's store, or an empty database by
    mistake, and nothing may be swept."""
    if named or len(seen) <= FEW:
        return False
    _log.error("objects that this database knows nothing of", objects=len(seen))
    return True
