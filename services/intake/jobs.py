"""The work for people's care that no request waits for: looking after the late, erasing what was kept long enough."""

from __future__ import annotations

from services.intake.use_cases import care_clock, retention
from shared.messaging.trouble import trying
from shared.runtime.service import Service

A_TURN = 50


class CareWatch:
    """Takes the next step for everybody who is not out by the time they said."""

    name = "care-watch"
    looks_every = 2.0

    def __init__(self, service: Service) -> None:
        self.service = service

    def run_once(self) -> int:
        """Take the steps that are due; returns how many people were late. Raises TryLater."""
        with trying(self.name):
            return care_clock.look_after_the_late(self.service, A_TURN)

    def pending(self) -> int:
        """How many people are late with a step that is due."""
        return care_clock.late_waiting(self.service)


class CareEraser:
    """Erases the hours of trips and the feelings log when their time has come."""

    name = "care-eraser"
    looks_every = 5.0

    def __init__(self, service: Service) -> None:
        self.service = service

    def run_once(self) -> int:
        """Erase what is due; returns how many things went. Raises TryLater."""
        with trying(self.name):
            return care_clock.erase_kept_long_enough(self.service, A_TURN)

    def pending(self) -> int:
        """1 while something is due, else 0."""
        return care_clock.erasures_waiting(self.service)


class Forgetter:
    """Erases drafts that were never sent, and who made which visit, when their time has come."""

    name = "forgetter"
    looks_every = 60.0

    def __init__(self, service: Service) -> None:
        self.service = service

    def run_once(self) -> int:
        """Forget what is due; returns how many things went. Raises TryLater."""
        with trying(self.name):
            drafts = retention.forget_old_drafts(self.service, A_TURN)
            return drafts + retention.cut_old_links(self.service, 1)

    def pending(self) -> int:
        """1 while something is due, else 0."""
        return retention.forgetting_due(self.service)


def care_jobs(service: Service) -> list[CareWatch | CareEraser | Forgetter]:
    """All of them, for the wiring."""
    return [CareWatch(service), CareEraser(service), Forgetter(service)]
