"""The work on the object store that no request waits for: erasing what no row names."""

from __future__ import annotations

from services.intake.use_cases import sweeping
from shared.messaging.trouble import trying
from shared.runtime.service import Service


class ObjectSweeper:
    """Erases photos and recordings whose bytes came and whose row never did, after a day."""

    name = "object-sweeper"
    apart = "objects"
    looks_every = 60.0

    def __init__(self, service: Service) -> None:
        self.service = service
        self._walk = sweeping.walk(service)

    def run_once(self) -> int:
        """Once an hour, look at some objects; returns how many went. Raises TryLater."""
        with trying(self.name):
            return sweeping.sweep(self.service, self._walk)

    def pending(self) -> int:
        """Nothing that anybody should wait for: what is left over is found by and by."""
        return 0
