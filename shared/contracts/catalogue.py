"""Every event there is: its topic, shape, producer and consumers. Producers are strict, consumers tolerant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError

from shared.contracts import assessments, directory, recommendations, visits
from shared.contracts.envelope import Envelope
from shared.contracts.quick_load import quickly_loaded

DIRECTORY = "opendoor.directory"
VISITS = "opendoor.visits"
ASSESSMENTS = "opendoor.assessments"
RECOMMENDATIONS = "opendoor.recommendations"

TOPICS: Mapping[str, str] = MappingProxyType(
    {
        DIRECTORY: "Exercises, roles, revoked credentials as they stand now; key: the entity's id; compacted.",
        VISITS: "What volunteers answered and what was released of it; key: exercise_id/site_id.",
        ASSESSMENTS: "What the visits add up to; key: exercise_id/site_id.",
        RECOMMENDATIONS: "What was asked for and what came of it; key: exercise_id/site_id.",
    }
)

EXERCISE_PLANNED = "org.opendoor.exercise.planned.v1"
PERSON_LISTED = "org.opendoor.person.listed.v1"
CREDENTIAL_REVOKED = "org.opendoor.credential.revoked.v1"
VISIT_SUBMITTED = "org.opendoor.visit.submitted.v1"
VISIT_AMENDED = "org.opendoor.visit.amended.v1"
VISIT_WITHDRAWN = "org.opendoor.visit.withdrawn.v1"
WORDS_RELEASED = "org.opendoor.words.released.v1"
WORDS_HELD_BACK = "org.opendoor.words.held_back.v1"
PHOTO_RELEASED = "org.opendoor.photo.released.v1"
PHOTO_HELD_BACK = "org.opendoor.photo.held_back.v1"
WAVE_ASSESSED = "org.opendoor.wave.assessed.v1"
FINDINGS_DRAWN = "org.opendoor.findings.drawn.v1"
VISIT_ASSESSED = "org.opendoor.visit.assessed.v1"
RECOMMENDATION_WRITTEN = "org.opendoor.recommendation.written.v1"
RECOMMENDATION_MOVED = "org.opendoor.recommendation.moved.v1"
RECOMMENDATIONS_MERGED = "org.opendoor.recommendation.merged.v1"
RECOMMENDATIONS_PARTED = "org.opendoor.recommendation.parted.v1"


class UnknownEvent(LookupError):
    """The catalogue has no event of this type."""


class ContractBroken(ValueError):
    """An event is not what its contract says. `faults` is marshmallow's own error structure."""

    def __init__(self, type_: str, faults: Any) -> None:
        super().__init__(f"{type_}: {faults}")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class EventKind:
    """One version of one event."""

    type: str
    topic: str
    schema: Callable[..., Schema]
    producer: str
    consumers: tuple[str, ...] = field(default=())


def _kinds() -> dict[str, EventKind]:
    both = ("assessment", "reporting")
    rows: list[tuple[str, str, type[Schema], str, tuple[str, ...]]] = [
        (EXERCISE_PLANNED, DIRECTORY, directory.ExercisePlanned, "intake", both),
        (PERSON_LISTED, DIRECTORY, directory.PersonListed, "intake", both),
        (CREDENTIAL_REVOKED, DIRECTORY, directory.CredentialRevoked, "intake", both),
        (VISIT_SUBMITTED, VISITS, visits.VisitSubmitted, "intake", ("assessment",)),
        (VISIT_AMENDED, VISITS, visits.VisitAmended, "intake", ("assessment",)),
        (VISIT_WITHDRAWN, VISITS, visits.VisitWithdrawn, "intake", ("assessment",)),
        (WORDS_RELEASED, VISITS, visits.WordsReleased, "intake", ("assessment",)),
        (WORDS_HELD_BACK, VISITS, visits.WordsHeldBack, "intake", ("assessment",)),
        (PHOTO_RELEASED, VISITS, visits.PhotoReleased, "intake", ("assessment",)),
        (PHOTO_HELD_BACK, VISITS, visits.PhotoHeldBack, "intake", ("assessment",)),
        (WAVE_ASSESSED, ASSESSMENTS, assessments.WaveAssessed, "assessment", ("reporting",)),
        (FINDINGS_DRAWN, ASSESSMENTS, assessments.FindingsDrawn, "assessment", ("reporting",)),
        (VISIT_ASSESSED, ASSESSMENTS, assessments.VisitAssessed, "assessment", ("reporting",)),
        (RECOMMENDATION_WRITTEN, RECOMMENDATIONS, recommendations.RecommendationWritten, "reporting", ()),
        (RECOMMENDATION_MOVED, RECOMMENDATIONS, recommendations.RecommendationMoved, "reporting", ()),
        (RECOMMENDATIONS_MERGED, RECOMMENDATIONS, recommendations.RecommendationsMerged, "reporting", ()),
        (RECOMMENDATIONS_PARTED, RECOMMENDATIONS, recommendations.RecommendationsParted, "reporting", ()),
    ]
    return {row[0]: EventKind(*row) for row in rows}


EVENTS: Mapping[str, EventKind] = MappingProxyType(_kinds())


def validate_out(envelope: Envelope) -> None:
    """Hold a producer to its contract: nothing missing, nothing unknown, the right topic.

    Raises ContractBroken, or UnknownEvent for a type that is not in the catalogue.
    """
    kind = _kind(envelope.type)
    faults: Any = {}
    if envelope.topic != kind.topic:
        faults = {"topic": [f"This event belongs on {kind.topic}."]}
    else:
        schema = _schema(envelope.type, RAISE)
        if quickly_loaded(schema, envelope.data) is not None:
            return
        try:
            schema.load(envelope.data)
        except ValidationError as fault:
            faults = fault.messages
    if faults:
        raise ContractBroken(envelope.type, faults)


def read(envelope: Envelope) -> dict[str, Any]:
    """The data of an event as a consumer may rely on it, without what the contract does not know.

    Values stay JSON values. Raises ContractBroken, or UnknownEvent for a type that is not in the catalogue.
    """
    _kind(envelope.type)
    schema = _schema(envelope.type, EXCLUDE)
    quickly = quickly_loaded(schema, envelope.data)
    if quickly is not None:
        return quickly
    try:
        found: dict[str, Any] = schema.load(envelope.data)
    except ValidationError as fault:
        raise ContractBroken(envelope.type, fault.messages) from fault
    return found


def _kind(type_: str) -> EventKind:
    try:
        return EVENTS[type_]
    except KeyError:
        raise UnknownEvent(type_) from None


@lru_cache(maxsize=128)
def _schema(type_: str, unknown: str) -> Schema:
    return EVENTS[type_].schema(unknown=unknown)
