"""Putting dots on a recommendation, and seeing them: one's own at once, everybody's when one has voted."""

from __future__ import annotations

from services.reporting.domain.recommendation import Recommendation
from services.reporting.domain.voting import Votes, as_seen, check_dots, voters_of
from services.reporting.store import votes
from services.reporting.use_cases.members import looking, seen
from shared.contracts.refusals import conflict
from shared.runtime.service import Service


def vote(service: Service, person_id: str, recommendation_id: str, dots: int) -> Recommendation:
    """Put dots on it, instead of those put before. Raises Refusal: 404, 403, 409 once it is shared, 422."""
    with service.database.transaction(recommendation_id) as tx:
        found, who = seen(tx, service, person_id, recommendation_id)
        who.must("recommendations.vote")
        check_dots(dots)
        if found.status not in ("draft", "agreed") or found.merged_into is not None:
            raise conflict("already-shared", "It was shared with the partner, so voting is over.")
        votes.put(tx, found.id, who.key, voters_of(who.roles), dots)
        return found


def votes_on(service: Service, person_id: str, recommendation_id: str) -> Votes:
    """The dots on it, as this person may see them. Raises Refusal (404)."""
    with looking(service) as (tx, _):
        found, who = seen(tx, service, person_id, recommendation_id)
        mine = votes.own(tx, found.id, who.key)
        return as_seen(mine, votes.tally(tx, found.id), found.status, who.may("recommendations.vote"), who.of_charity)
