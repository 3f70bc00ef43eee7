"""The teller: says what sites add up to, apart from the counting, so that a backlog is counted fast and told once."""

from __future__ import annotations

from services.assessment.store import telling
from services.assessment.use_cases.telling_of_sites import tell_of_site
from shared.messaging.trouble import trying
from shared.runtime.clock import Clock
from shared.storage.database import Database

SITES_A_TURN = 8
BREATH_SECONDS = 0.3
"""While visits pour in, what a site adds up to is told a few times a second and not with each of them."""


class Teller:
    """A job. A site that changed many times since its last turn is told of once, as it stands now."""

    name = "assessment teller"
    breath = BREATH_SECONDS

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    def run_once(self) -> int:
        """Tell of a few sites, each in a transaction of its own; how many. Raises TryLater."""
        with trying(self.name):
            with self.database.reading() as tx:
                places = telling.some_sites(tx, SITES_A_TURN)
            return sum(self._tell(exercise_id, site_id) for exercise_id, site_id in places)

    def _tell(self, exercise_id: str, site_id: str) -> bool:
        # About the key of the site's events: nothing of the site is counted while it is told of.
        with self.database.transaction(f"{exercise_id}/{site_id}") as tx:
            return tell_of_site(tx, exercise_id, site_id, self.clock.now())

    def mark(self) -> telling.Waiting:
        """What waits now, to ask later how much of it is left."""
        with self.database.reading() as tx:
            return telling.waiting(tx)

    def left(self, mark: telling.Waiting) -> int:
        """How many of the sites that waited at `mark` were not told of since, however often they changed again."""
        return len(mark.items() & self.mark().items())

    def pending(self) -> int:
        """How many sites must still be told of."""
        with self.database.reading() as tx:
            return telling.sites_waiting(tx)
