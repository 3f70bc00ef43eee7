"""Erasing files of documents whose row never came, because the database failed after they were written."""

from __future__ import annotations

from services.reporting.store import documents
from shared.runtime.service import Service
from shared.storage.sweeping import Walk, not_ours


def sweep_documents(service: Service, through: Walk) -> int:
    """Erase what no row names, of the next files on this walk; returns how many went.

    Nobody writes one of these again: its name holds the hash of bytes that say on which day they were made.
    """
    old = through.old(service.clock.now())
    with service.database.reading() as tx:
        known = documents.named(tx, old)
    if not_ours(old, known):
        return 0
    gone = sum(_sweep(service, key) for key in old if key not in known)
    if gone:
        through.go_on()
    return gone


def _sweep(service: Service, key: str) -> bool:
    exercise_id = key.removeprefix(documents.PREFIX).partition("/")[0]
    with service.database.transaction(exercise_id) as tx:
        if documents.named(tx, [key]):
            return False
        service.objects.delete(key)
        return True
