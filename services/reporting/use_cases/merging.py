"""Making several recommendations into one, and taking them apart again as long as it was not shared."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from services.reporting import announce
from services.reporting.domain.merging import merged, own_of, parted
from services.reporting.domain.recommendation import Entry, Recommendation
from services.reporting.store import recommendations
from services.reporting.use_cases.members import role_of, seen
from shared.messaging import outbox
from shared.runtime.service import Service


def merge_recommendations(service: Service, person_id: str, kept_id: str, other_ids: Sequence[str]) -> Recommendation:
    """Make several into one: the first keeps its words. Raises Refusal: 404, 403, 409, 422."""
    now = service.clock.now()
    with service.database.transaction({kept_id, *other_ids}) as tx:
        kept, who = seen(tx, service, person_id, kept_id)
        who.must("recommendations.write")
        others = [seen(tx, service, person_id, other)[0] for other in dict.fromkeys(other_ids)]
        joined, lost = merged(kept, others, who.key, role_of(who), now)
        own = own_of(kept, recommendations.taken_in(tx, kept), recommendations.own_grounds_of(tx, kept.id))
        recommendations.keep_own_grounds(tx, kept.id, own)
        version = recommendations.save(tx, joined)
        told = "Took in: " + ", ".join(f"“{other.title}”" for other in others) + "."
        entry = Entry(now, "merged", role_of(who), who.key, kept.status, joined.status, told)
        recommendations.add_entry(tx, str(uuid4()), joined, entry)
        for other, other_entry in lost:
            recommendations.save(tx, other)
            recommendations.add_entry(tx, str(uuid4()), other, other_entry)
        outbox.add(tx, announce.merged(joined, [o for o, _ in lost], event_id=str(uuid4()), now=now))
        outbox.add(tx, announce.written(joined, version, event_id=str(uuid4()), now=now))
        return joined


def part_recommendations(service: Service, person_id: str, kept_id: str, other_id: str) -> Recommendation:
    """Take one out again of the one that it became part of; returns it. Raises Refusal: 404, 403, 409."""
    now = service.clock.now()
    with service.database.transaction({kept_id, other_id}) as tx:
        kept, who = seen(tx, service, person_id, kept_id)
        who.must("recommendations.write")
        other, _ = seen(tx, service, person_id, other_id)
        staying = [one for one in recommendations.taken_in(tx, kept) if one.id != other.id]
        own = recommendations.own_grounds_of(tx, kept.id)
        again = parted(kept, other, staying, own, who.key, role_of(who), now)
        if not staying:
            recommendations.keep_own_grounds(tx, kept.id, None)
        outbox.add(tx, announce.parted(kept, other, event_id=str(uuid4()), now=now))
        for one, entry in again:
            version = recommendations.save(tx, one)
            recommendations.add_entry(tx, str(uuid4()), one, entry)
            outbox.add(tx, announce.written(one, version, event_id=str(uuid4()), now=now))
        return again[1][0]
