"""Erasing bytes of photos and voice notes whose row never came: the database failed after they were written, and then
the visit was taken back, or nobody sent it again. A place in an EXIF must not lie there for ever."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from services.intake.store import swept
from services.intake.use_cases.directory import timestamp
from shared.runtime.service import Service
from shared.storage import sweeping
from shared.storage.sweeping import Walk


def walk(service: Service) -> Walk:
    """A walk through everything that intake keeps in the object store."""
    return Walk(service.objects, (swept.ORIGINALS, swept.COPIES, swept.VOICES))


def sweep(service: Service, through: Walk) -> int:
    """Erase what no row names, of the next objects on this walk; returns how many went."""

    def named(keys: Sequence[str]) -> Collection[str]:
        with service.database.reading() as tx:
            return swept.named(tx, keys)

    return sweeping.sweep(through, service.clock.now(), named, lambda key: _sweep(service, key))


def _sweep(service: Service, key: str) -> bool:
    # Asked again where nobody else keeps or erases these bytes, and told: who wrote them meanwhile writes them again.
    with service.database.transaction(f"bytes {key.rpartition('/')[2]}") as tx:
        if swept.named(tx, [key]):
            return False
        service.objects.delete(key)
        swept.keep(tx, key, timestamp(service.clock.now()))
        return True
