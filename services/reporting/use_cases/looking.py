"""What a move or a word would come to, before it is made: the same rules and refusals, and nothing kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from services.reporting.domain.moving import Wish
from services.reporting.domain.recommendation import Entry, Recommendation
from services.reporting.domain.sight import statuses_seen
from services.reporting.use_cases.members import Member, looking
from services.reporting.use_cases.moving import decided
from services.reporting.use_cases.writing import commented
from shared.access.directory import ExerciseEntry
from shared.access.roles import Role
from shared.access.rules import roles_allowed
from shared.access.stages import Stage, at_least
from shared.runtime.service import Service


@dataclass(frozen=True, slots=True)
class Looked:
    """How it would stand, the line that its history would get (None: said before), and who reads that line.

    `later`: who reads it as well when what was found is shared with everybody.
    """

    recommendation: Recommendation
    entry: Entry | None
    exercise: ExerciseEntry
    readers: Collection[Role]
    later: Collection[Role]


def look_at_move(service: Service, person_id: str, recommendation_id: str, wish: Wish) -> Looked:
    """What a move would come to. Raises Refusal as making it does."""
    with looking(service) as (tx, reads):
        held, who, _, decision = decided(tx, service, person_id, recommendation_id, wish)
        reads.note(who, f"recommendation {held.id}")
        return _looked(decision.recommendation, decision.entry, who)


def look_at_comment(service: Service, person_id: str, recommendation_id: str, words: str) -> Looked:
    """What words on a recommendation would come to. Raises Refusal as adding them does."""
    with looking(service) as (tx, reads):
        held, who, entry = commented(tx, service, person_id, recommendation_id, words)
        reads.note(who, f"recommendation {held.id}")
        return _looked(held, entry, who)


def _looked(recommendation: Recommendation, entry: Entry | None, who: Member) -> Looked:
    stage = who.exercise.stage
    now = readers_at(recommendation.status, stage)
    later = now if at_least(stage, Stage.SHARED) else readers_at(recommendation.status, Stage.SHARED)
    return Looked(recommendation, entry, who.exercise, now, later - now)


def readers_at(status: str, stage: Stage) -> frozenset[Role]:
    """The roles that read a recommendation which stands so, at a stage."""
    readers = {role: roles_allowed("recommendations.read", [role], stage) for role in Role}
    return frozenset(role for role, allowed in readers.items() if status in statuses_seen(allowed, stage))
