"""The work on voice notes that no request waits for: erasing what has done its work."""

from __future__ import annotations

from collections.abc import Iterator

from services.intake.store import voice_notes as store
from services.intake.use_cases import voice_notes
from shared.messaging.trouble import trying
from shared.runtime.service import Service

ERASURES_A_TURN = 50


class VoiceEraser:
    """Erases recordings some days after a second person dealt with them, and those that nobody may use."""

    name = "voice-eraser"
    apart = "objects"
    looks_every = 5.0

    def __init__(self, service: Service) -> None:
        self.service = service

    def run_once(self) -> int:
        """Erase what is due; returns how many recordings went. Raises TryLater."""
        with trying(self.name):
            return voice_notes.erase_due(self.service, ERASURES_A_TURN)

    def pending(self) -> int:
        """1 while something is due, else 0."""
        return voice_notes.erasures_due(self.service)


def stored_recordings(service: Service) -> Iterator[tuple[str, str]]:
    """(key, sha256) of every recording that must be in the store, for `opendoor verify`."""
    with service.database.reading() as tx:
        yield from store.stored_objects(tx)
