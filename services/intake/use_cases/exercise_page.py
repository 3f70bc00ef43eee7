"""Everything the page of an exercise shows: where it stands, who has to act, how far the field work is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from services.intake.domain.acceptance import GRACE
from services.intake.domain.closure import to_unwind
from services.intake.domain.exercise import Release, State
from services.intake.domain.exercise_coverage import Covered, Made, coverage
from services.intake.domain.exercise_next import Next, next_stage, previous_stage
from services.intake.domain.plan import Plan
from services.intake.domain.plan_views import visible_waves
from services.intake.store import exercises as store
from services.intake.store.exercises import Closure, Move
from services.intake.store.rested import counted_visits
from services.intake.use_cases.exercises import state_of, still_missing
from services.intake.use_cases.plan import plan_of
from services.intake.use_cases.seen import Viewer, opened_waves
from shared.contracts.days import day_here
from shared.runtime.service import Service

STORY = 50
"""So many moves stand in the story on the page; few exercises ever make a dozen."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """A release as two signatures: when each key was given (RFC 3339), and whether the viewer gave one.

    `visits_until` is the last day of a wave to which visits could still be made, and never after the release.
    """

    release: Release
    lead_at: str | None
    representative_at: str | None
    mine: bool
    visits_until: str | None


@dataclass(frozen=True, slots=True)
class ExercisePage:
    """An exercise as its lead sees it; others get less of it from the template."""

    plan: Plan
    waves: tuple[dict[str, Any], ...]
    stage: str
    version: int
    shared_before: bool
    next: Next | None
    previous: str | None
    releases: tuple[Signatures, ...]
    released_waves: tuple[int, ...]
    covered: tuple[Covered, ...]
    story: tuple[Move, ...]
    unwind: tuple[str, ...]
    closure: Closure | None


def exercise_page(service: Service, viewer: Viewer) -> ExercisePage:
    """The exercise with everything a lead needs to take it further."""
    with service.database.reading() as tx:
        plan, state = plan_of(tx, viewer.exercise_id), state_of(tx, viewer.exercise_id)
        following = next_stage(state.stage)
        today = day_here(service.clock.now())
        waves = visible_waves(plan, roles=viewer.roles, opened=opened_waves(tx, viewer.exercise_id))
        return ExercisePage(
            plan=plan,
            waves=tuple(waves),
            stage=state.stage,
            version=state.version,
            shared_before=state.shared_before,
            next=following,
            previous=previous_stage(state.stage),
            releases=tuple(_signatures(tx, viewer, release, plan, today) for release in _due(plan, state, following)),
            released_waves=tuple(sorted(state.wave_releases)),
            covered=tuple(_coverage(tx, plan)),
            story=tuple(store.moves(tx, viewer.exercise_id, STORY)),
            unwind=tuple(to_unwind(plan)),
            closure=store.closure(tx, viewer.exercise_id),
        )


def _due(plan: Plan, state: State, following: Next | None) -> list[Release]:
    """The releases that can be asked for now."""
    if following is not None and following.two_keys:
        return [Release(following.to)]
    if state.stage == "action":
        waves = [wave.number for wave in plan.exercise.waves]
        later = [number for number in waves if number > 1 and number not in state.wave_releases]
        return [Release("shared", number) for number in later]
    return []


def _signatures(tx: Connection, viewer: Viewer, release: Release, plan: Plan, today: date) -> Signatures:
    acts = store.open_acts(tx, viewer.exercise_id, release)
    missing = still_missing(tx, viewer.exercise_id, release)
    first = acts[0].given_at if acts else None
    mine = any(act.person_id == viewer.person_id for act in acts)
    lead_at = first if acts and "lead" not in missing else None
    representative_at = first if acts and "representative" not in missing and "somebody-else" not in missing else None
    return Signatures(release, lead_at, representative_at, mine, _visits_until(plan, release, today))


def _visits_until(plan: Plan, release: Release, today: date) -> str | None:
    closes = next((wave.closes for wave in plan.exercise.waves if wave.number == release.wave), None)
    return closes if closes is not None and today <= date.fromisoformat(closes) + GRACE else None


def _coverage(tx: Connection, plan: Plan) -> list[Covered]:
    made = [Made(*counted) for counted in counted_visits(tx, plan.exercise.id)]
    waves = [wave.number for wave in plan.exercise.waves]
    return coverage(made, [site.id for site in plan.sites], waves)
