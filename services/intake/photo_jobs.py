"""The work on photos that no request waits for: cleaning them, and erasing what has done its work."""

from __future__ import annotations

from collections.abc import Iterator

from services.intake.store import photos as store
from services.intake.use_cases import photos
from shared.messaging.trouble import passes, trying
from shared.messaging.turn import Claims
from shared.runtime.mildly import Mildly
from shared.runtime.service import Service
from shared.runtime.stubborn import Stubborn

PHOTOS_A_TURN = 4
"""Few, so that whoever stops the program waits for a fraction of a second and not for a pile of photos."""
ERASURES_A_TURN = 50


class PhotoCleaner:
    """Makes the cleaned copies, the longest waiting first."""

    name = "photo-cleaner"
    apart = "objects"

    def __init__(self, service: Service) -> None:
        self.service = service
        self._claims = Claims(service.database, self.name)
        self._mildly = Mildly(self.name)
        self.stubborn = Stubborn(self.name, passes)

    def run_once(self) -> int:
        """Clean a few photos that no other worker is at; returns how many were dealt with. Raises TryLater."""
        with trying(self.name):
            return photos.clean_next(self.service, self._claims, self.stubborn, PHOTOS_A_TURN, self._mildly)

    def pending(self) -> int:
        """How many photos wait to be cleaned."""
        return photos.photos_waiting(self.service)

    def mark(self) -> str:
        """What waits now, to ask later how much of it is left."""
        return photos.newest_waiting(self.service)

    def left(self, mark: str) -> int:
        """How many of the photos that waited at `mark` still do, whatever came since."""
        return photos.photos_waiting(self.service, until=mark)

    def close(self) -> None:
        """Let another worker have the photos that this one was at."""
        self._claims.close()
        self._mildly.close()


class OriginalEraser:
    """Erases originals some days after their cleaned copy was verified, and quarantined copies."""

    name = "original-eraser"
    apart = "objects"
    looks_every = 5.0

    def __init__(self, service: Service) -> None:
        self.service = service

    def run_once(self) -> int:
        """Erase what is due; returns how many things went. Raises TryLater."""
        with trying(self.name):
            return photos.erase_due(self.service, ERASURES_A_TURN)

    def pending(self) -> int:
        """1 while something is due, else 0."""
        return photos.erasures_due(self.service)


def photo_jobs(service: Service) -> list[PhotoCleaner | OriginalEraser]:
    """Both, for the wiring."""
    return [PhotoCleaner(service), OriginalEraser(service)]


def stored_photos(service: Service) -> Iterator[tuple[str, str]]:
    """(key, sha256) of every object of a photo that must be in the store, for `opendoor verify`."""
    with service.database.reading() as tx:
        yield from store.stored_objects(tx)
