"""Which event means what here: thin, so that the use cases can be read without knowing of messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection

from services.reporting.use_cases import taking_in
from shared.contracts import catalogue
from shared.contracts.envelope import Envelope

GROUP = "reporting"
TOPICS = (catalogue.DIRECTORY, catalogue.ASSESSMENTS)


def on_directory(tx: Connection, envelope: Envelope) -> None:
    """An exercise, a person or a credential changed."""
    taking_in.take_directory(tx, envelope, _request_id(envelope))


def on_wave_assessed(tx: Connection, envelope: Envelope) -> None:
    """A wave of a site was worked out again."""
    taking_in.take_wave(tx, envelope.data, _request_id(envelope), envelope.time)


def on_findings_drawn(tx: Connection, envelope: Envelope) -> None:
    """The findings of a site were drawn again."""
    taking_in.take_findings(tx, envelope.data, _request_id(envelope), envelope.time)


def on_visit_assessed(tx: Connection, envelope: Envelope) -> None:
    """It is known what became of a visit."""
    taking_in.take_story(tx, envelope.data, envelope.time)


HANDLERS: Mapping[str, Callable[[Connection, Envelope], None]] = {
    catalogue.EXERCISE_PLANNED: on_directory,
    catalogue.PERSON_LISTED: on_directory,
    catalogue.CREDENTIAL_REVOKED: on_directory,
    catalogue.WAVE_ASSESSED: on_wave_assessed,
    catalogue.FINDINGS_DRAWN: on_findings_drawn,
    catalogue.VISIT_ASSESSED: on_visit_assessed,
}


def _request_id(envelope: Envelope) -> str:
    return str(uuid5(NAMESPACE_URL, f"urn:opendoor:documents:{envelope.id}"))
