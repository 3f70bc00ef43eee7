"""Moving a recommendation through its life: one move, its history line and its event in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Connection

from services.reporting import announce
from services.reporting.domain.days import day_here
from services.reporting.domain.moving import Decision, Wish, decide
from services.reporting.domain.recommendation import Entry, Recommendation
from services.reporting.holidays import bank_holidays
from services.reporting.store import recommendations
from services.reporting.use_cases.members import Member, seen
from shared.contracts.refusals import conflict, forbidden
from shared.messaging import outbox
from shared.runtime.service import Service


@dataclass(frozen=True, slots=True)
class Moved:
    """How it stands after a move. `done` is False when it is recorded and waits for a second person."""

    recommendation: Recommendation
    history: tuple[Entry, ...]
    done: bool


def move_recommendation(service: Service, person_id: str, recommendation_id: str, wish: Wish) -> Moved:
    """Make a move of domain.md §5. Raises Refusal: 404, 403, 409 `move-not-allowed`, 422."""
    with service.database.transaction(recommendation_id) as tx:
        _, _, history, decision = decided(tx, service, person_id, recommendation_id, wish)
        if decision.entry is not None:
            _keep(tx, decision)
            history.append(decision.entry)
        return Moved(decision.recommendation, tuple(history), decision.done)


def decided(
    tx: Connection, service: Service, person_id: str, recommendation_id: str, wish: Wish
) -> tuple[Recommendation, Member, list[Entry], Decision]:
    """What the rules say to a move, nothing kept. Raises Refusal: 404, 403, 409 `move-not-allowed`, 422."""
    now = service.clock.now()
    today = day_here(now)
    held, who = seen(tx, service, person_id, recommendation_id)
    if held.merged_into is not None:
        raise conflict("merged", "This became part of another recommendation.", merged_into=held.merged_into)
    history = recommendations.history_of(tx, held.id)
    decision = decide(
        held,
        history,
        wish,
        who.mover,
        stage=who.exercise.stage,
        now=now,
        today=today,
        bank_holidays=bank_holidays(today.year),
    )
    # Last, so that a move which nobody may make is told apart from one that others may.
    if not who.may("recommendations.move"):
        raise forbidden("You can see this, but moving it is not yours to do.")
    return held, who, history, decision


def _keep(tx: Connection, decision: Decision) -> None:
    assert decision.entry is not None
    entry_id = str(uuid4())
    recommendations.add_entry(tx, entry_id, decision.recommendation, decision.entry)
    if decision.done:
        recommendations.save(tx, decision.recommendation)
        moved = announce.moved(decision.recommendation, decision.entry, entry_id, event_id=str(uuid4()))
        outbox.add(tx, moved)
