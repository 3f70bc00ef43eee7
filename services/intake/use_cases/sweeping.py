"""Erasing bytes of photos and voice notes whose row never came: the database failed after they were written, and then
the visit was taken back, or nobody sent it again. A place in an EXIF must not lie there for ever."""

from __future__ import annotations

from services.intake.store import swept
from services.intake.use_cases.directory import timestamp
from shared.runtime.service import Service
from shared.storage.sweeping import Walk, not_ours


def walk(service: Service) -> Walk:
    """A walk through everything that intake keeps in the object store."""
    return Walk(service.objects, (swept.ORIGINALS, swept.COPIES, swept.VOICES))


def sweep(service: Service, through: Walk) -> int:
    """Erase what no row names, of the next objects on this walk; returns how many went."""
    old = through.old(service.clock.now())
    with service.database.reading() as tx:
        known = swept.named(tx, old)
    if not_ours(old, known):
        return 0
    gone = sum(_sweep(service, key) for key in old if key not in known)
    if gone:
        through.go_on()
    return gone


def _sweep(service: Service, key: str) -> bool:
    # Asked again where nobody else keeps or erases these bytes, and told: who wrote them meanwhile writes them again.
    with service.database.transaction(f"bytes {key.rpartition('/')[2]}") as tx:
        if swept.named(tx, [key]):
            return False
        service.objects.delete(key)
        swept.keep(tx, key, timestamp(service.clock.now()))
        return True
