"""From event to use case: what assessment does with each kind of event that intake publishes."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from services.assessment.use_cases import receiving
from shared.contracts import catalogue
from shared.contracts.envelope import Envelope
from shared.messaging.worker import Handler

GROUP = "assessment"
TOPICS = (catalogue.DIRECTORY, catalogue.VISITS)


def handlers() -> Mapping[str, Handler]:
    """Event type -> what it means here."""
    return {
        catalogue.EXERCISE_PLANNED: receiving.learn_directory,
        catalogue.PERSON_LISTED: receiving.learn_directory,
        catalogue.CREDENTIAL_REVOKED: receiving.learn_directory,
        catalogue.VISIT_SUBMITTED: _visit,
        catalogue.VISIT_AMENDED: _visit,
        catalogue.VISIT_WITHDRAWN: lambda tx, event: receiving.withdraw_visit(tx, event.data),
        catalogue.WORDS_RELEASED: lambda tx, event: receiving.release_words(tx, event.data, event.time),
        catalogue.WORDS_HELD_BACK: lambda tx, event: receiving.hold_words_back(tx, event.data, event.time),
        catalogue.PHOTO_RELEASED: lambda tx, event: receiving.release_photo(tx, event.data, event.time),
        catalogue.PHOTO_HELD_BACK: lambda tx, event: receiving.hold_photo_back(tx, event.data, event.time),
    }


def _visit(tx: Connection, event: Envelope) -> None:
    receiving.take_visit(tx, event.data)
