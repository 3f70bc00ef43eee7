"""Says what changed in the plan, to the other services and to intake's own copy of the directory. Never a name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.intake.domain.exercise import State
from services.intake.domain.plan import Plan
from shared.access.directory import CREDENTIAL_REVOKED, EXERCISE_PLANNED, PERSON_LISTED
from shared.contracts.envelope import Envelope

TOPIC = "opendoor.directory"


def exercise_planned(plan: Plan, state: State, *, event_id: str, now: datetime) -> Envelope:
    """The exercise as everybody's copy of the directory shall have it."""
    data = {
        "exercise_id": plan.exercise.id,
        "version": state.version,
        "title": plan.exercise.title,
        "mode": plan.exercise.mode,
        "stage": state.stage,
        "partner": {"id": plan.partner.id, "name": plan.partner.name, "kind": plan.partner.kind},
        "sites": [
            {"id": site.id, "name": site.name, "zones": list(site.zones), "photos_allowed": site.photos_allowed}
            for site in plan.sites
        ],
        "waves": [{"number": wave.number, "opens": wave.opens, "closes": wave.closes} for wave in plan.exercise.waves],
        "wave_releases": sorted(state.wave_releases),
        "shared_before": state.shared_before,
    }
    return Envelope(event_id, EXERCISE_PLANNED, TOPIC, plan.exercise.id, now, data)


def person_listed(
    person_id: str, version: int, memberships: list[dict[str, Any]], *, event_id: str, now: datetime
) -> Envelope:
    """What a person is, and where."""
    data = {"person_id": person_id, "version": version, "memberships": memberships}
    return Envelope(event_id, PERSON_LISTED, TOPIC, person_id, now, data)


def credential_revoked(credential_id: str, *, event_id: str, now: datetime) -> Envelope:
    """A token or link that opens nothing any more."""
    data = {"credential_id": credential_id, "revoked_at": now.isoformat()}
    return Envelope(event_id, CREDENTIAL_REVOKED, TOPIC, credential_id, now, data)
