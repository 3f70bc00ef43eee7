"""Reporting's own background work: making the documents that were asked for, and erasing what no row names."""

from __future__ import annotations

from services.reporting.store import documents
from services.reporting.use_cases.making_documents import make_waiting_documents
from services.reporting.use_cases.sweeping import sweep_documents
from shared.messaging.trouble import passes, trying
from shared.messaging.turn import Claims
from shared.runtime.service import Service
from shared.runtime.stubborn import Stubborn
from shared.storage.sweeping import Walk


class DocumentMaker:
    """A job that makes the documents of one request at a time."""

    name = "reporting documents"
    apart = "objects"

    def __init__(self, service: Service) -> None:
        self.service = service
        self._claims = Claims(service.database, "documents")
        self.stubborn = Stubborn(self.name, passes)

    def run_once(self) -> int:
        """Deal with one request; 1, or 0 when none waits that nobody else is at. Raises TryLater."""
        with trying(self.name):
            return make_waiting_documents(self.service, self._claims, self.stubborn)

    def pending(self) -> int:
        """How many requests wait."""
        with self.service.database.reading() as tx:
            return documents.how_many_wait(tx)

    def close(self) -> None:
        """Let another worker have the documents that this one was at."""
        self._claims.close()


class DocumentSweeper:
    """Erases files of documents whose bytes were written and whose row never was, after a day."""

    name = "document-sweeper"
    apart = "objects"
    looks_every = 60.0

    def __init__(self, service: Service) -> None:
        self.service = service
        self._walk = Walk(service.objects, [documents.PREFIX])

    def run_once(self) -> int:
        """Once an hour, look at some files; returns how many went. Raises TryLater."""
        with trying(self.name):
            return sweep_documents(self.service, self._walk)

    def pending(self) -> int:
        """Nothing that anybody should wait for: what is left over is found by and by."""
        return 0
