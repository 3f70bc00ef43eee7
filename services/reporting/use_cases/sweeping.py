"""Erasing files of documents whose row never came, because the database failed after they were written."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from services.reporting.store import documents
from shared.runtime.service import Service
from shared.storage import sweeping
from shared.storage.sweeping import Walk


def sweep_documents(service: Service, through: Walk) -> int:
    """Erase what no row names, of the next files on this walk; returns how many went.

    Nobody writes one of these again: its name holds the hash of bytes that say on which day they were made.
    """

    def named(keys: Sequence[str]) -> Collection[str]:
        with service.database.reading() as tx:
            return documents.named(tx, keys)

    return sweeping.sweep(through, service.clock.now(), named, lambda key: _sweep(service, key))


def _sweep(service: Service, key: str) -> bool:
    exercise_id = key.removeprefix(documents.PREFIX).partition("/")[0]
    with service.database.transaction(exercise_id) as tx:
        if documents.named(tx, [key]):
            return False
        service.objects.delete(key)
        return True
