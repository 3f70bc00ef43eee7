"""The teller: says what sites add up to, apart from the counting, so that a backlog is counted fast and told once."""

from __future__ import annotations

from services.assessment.store import telling
from services.assessment.use_cases.telling_of_sites import tell_of_one_site
from shared.messaging.trouble import TryLater, passes
from shared.runtime.clock import Clock
from shared.storage.database import Database

SITES_A_TURN = 2


class Teller:
    """A job. A site that changed many times since its last turn is told of once, as it stands now."""

    name = "assessment teller"

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    def run_once(self) -> int:
        """Tell of a few sites, each in a transaction of its own; how many. Raises TryLater."""
        done = 0
        try:
            while done < SITES_A_TURN:
                with self.database.transaction() as tx:
                    if not tell_of_one_site(tx, self.clock.now()):
                        break
                done += 1
        except Exception as error:
            if passes(error):
                raise TryLater(f"{self.name}: {type(error).__name__}") from error
            raise
        return done

    def pending(self) -> int:
        """How many sites must still be told of."""
        with self.database.reading() as tx:
            return telling.sites_waiting(tx)
