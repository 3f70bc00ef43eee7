"""The work on letters that no request waits for: handing them to the post, and forgetting them again."""

from __future__ import annotations

from collections.abc import Mapping

from services.intake.store import letters as store
from services.intake.use_cases import letter_post
from shared.messaging.trouble import trying
from shared.messaging.turn import turn_at
from shared.post.port import Post
from shared.runtime.service import Service
from shared.web.catalogues import said_in

A_TURN = 5
"""Few, for a mail server takes its time and other work waits behind it."""
ERASURES_A_TURN = 50


class LetterPost:
    """Sends what waits, one process at a time, so that no letter goes twice while nobody dies."""

    name = "letters"
    apart = "letters"
    looks_every = 1.0

    def __init__(self, service: Service, post: Post) -> None:
        self.service = service
        self.post = post
        self._turn = turn_at(service.database, "letters")

    def run_once(self) -> int:
        """Try a few letters; returns how many were looked at. Raises TryLater."""
        with trying(self.name):
            return letter_post.send_next(self.service, self.post, self._turn, said_in, A_TURN)

    def pending(self) -> int:
        """How many letters are to be tried now. Those that failed lately come later."""
        return letter_post.due_now(self.service)

    def counts(self) -> Mapping[str, int]:
        """How many letters wait for now or later, and how many were given up."""
        with self.service.database.reading() as tx:
            return store.counts(tx)

    def close(self) -> None:
        """Let another worker send on."""
        self._turn.give_back()


class LetterEraser:
    """Forgets letters after thirty days, and addresses that were taken back or are not needed any more."""

    name = "letter-eraser"
    apart = "letters"
    looks_every = 5.0

    def __init__(self, service: Service, post: Post) -> None:
        self.service = service
        self.post = post

    def run_once(self) -> int:
        """Erase what is due; returns how many things went. Raises TryLater."""
        with trying(self.name):
            return letter_post.erase_due(self.service, self.post, ERASURES_A_TURN)

    def pending(self) -> int:
        """How many things are to be erased now."""
        return letter_post.erasures_waiting(self.service)


def letter_jobs(service: Service, post: Post) -> list[LetterPost | LetterEraser]:
    """Both, for the wiring."""
    return [LetterPost(service, post), LetterEraser(service, post)]
