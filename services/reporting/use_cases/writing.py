"""Writing a recommendation, changing it, and adding a comment to its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from services.reporting import announce
from services.reporting.domain.careful_words import describes_a_person
from services.reporting.domain.recommendation import Entry, Recommendation
from services.reporting.domain.writing import changed, check_written
from services.reporting.store import findings, recommendations
from services.reporting.use_cases.members import Member, findings_known, member, role_of, seen
from shared.contracts.refusals import FieldError, conflict, invalid, not_found
from shared.messaging import outbox
from shared.runtime.service import Service

SENT_AGAIN = timedelta(hours=1)


def write_recommendation(service: Service, person_id: str, fields: Mapping[str, Any]) -> Recommendation:
    """Write a new draft. `fields` are those of a Recommendation. Raises Refusal: 404, 403, 422 (domain.md §5)."""
    now = service.clock.now()
    with service.database.transaction(f"{fields['exercise_id']}/{fields['site_id']}") as tx:
        who = member(tx, service, person_id, fields["exercise_id"], "recommendations.write")
        if who.exercise.site(fields["site_id"]) is None:
            raise invalid([FieldError("/site_id", "This exercise has no such building.")])
        draft = Recommendation(id=str(uuid4()), written_at=now, news_at=now, **fields)
        check_written(draft, _linkable(tx, who, draft))
        if not draft.items:
            draft = replace(draft, items=_items_of(tx, draft))
        recommendations.add(tx, draft)
        entry = Entry(now, "written", role_of(who), who.key, "draft", "draft")
        recommendations.add_entry(tx, str(uuid4()), draft, entry)
        outbox.add(tx, announce.written(draft, 1, event_id=str(uuid4()), now=now))
        return draft


def change_recommendation(
    service: Service, person_id: str, recommendation_id: str, changes: Mapping[str, Any]
) -> Recommendation:
    """Change some of its fields, and say in the history which. Raises Refusal: 404, 403, 409, 422."""
    now = service.clock.now()
    with service.database.transaction(recommendation_id) as tx:
        held, who = seen(tx, service, person_id, recommendation_id)
        _not_merged(held)
        if not (who.may("recommendations.write") or who.may("recommendations.move")):
            who.must("recommendations.write")
        told = {name: value for name, value in changes.items() if getattr(held, name) != value}
        kept = changed(held, changes, who.roles)
        check_written(kept, _linkable(tx, who, kept) | set(held.findings))
        if not told:
            return held
        version = recommendations.save(tx, kept)
        note = "Changed: " + ", ".join(sorted(told)) + "."
        entry = Entry(now, "edited", role_of(who), who.key, held.status, held.status, note)
        recommendations.add_entry(tx, str(uuid4()), kept, entry)
        outbox.add(tx, announce.written(kept, version, event_id=str(uuid4()), now=now))
        return kept


def comment(service: Service, person_id: str, recommendation_id: str, words: str) -> None:
    """Add words to the history. From the owner they are news and end a silence. Raises Refusal: 404, 403, 422.

    The same words pressed twice, or sent again because no answer came, stand there once.
    """
    with service.database.transaction(recommendation_id) as tx:
        held, _, entry = commented(tx, service, person_id, recommendation_id, words)
        if any(_said_again(entry, last) for last in recommendations.history_of(tx, held.id)[-1:]):
            return
        recommendations.add_entry(tx, str(uuid4()), held, entry)
        if entry.role == "manager":
            recommendations.save(tx, replace(held, news_at=entry.at))


def commented(
    tx: Connection, service: Service, person_id: str, recommendation_id: str, words: str
) -> tuple[Recommendation, Member, Entry]:
    """The line that words would be in the history, nothing kept. Raises Refusal: 404, 403, 409, 422."""
    held, who = seen(tx, service, person_id, recommendation_id)
    _not_merged(held)
    who.must("recommendations.move")
    if not words.strip():
        raise invalid([FieldError("/words", "Write something first.")])
    if told := describes_a_person(words):
        raise invalid([FieldError("/words", told)], detail=told)
    role = "manager" if "manager" in who.roles else role_of(who)
    now = service.clock.now()
    return held, who, Entry(now, "comment", role, who.key, held.status, held.status, words.strip())


def _said_again(entry: Entry, last: Entry) -> bool:
    same = (last.kind, last.actor, last.note) == (entry.kind, entry.actor, entry.note)
    # Later than that it is news that nothing is new.
    return same and entry.at - last.at < SENT_AGAIN


def _not_merged(recommendation: Recommendation) -> None:
    if recommendation.merged_into is not None:
        raise conflict("merged", "This became part of another recommendation.", merged_into=recommendation.merged_into)


def _linkable(tx: Connection, who: Member, draft: Recommendation) -> frozenset[str]:
    """Its findings, as far as they are of its building and the writer may know that they are there."""
    return findings.ids_of_site(tx, draft.exercise_id, draft.site_id) & findings_known(tx, who, draft.findings)


def _items_of(tx: Connection, recommendation: Recommendation) -> tuple[str, ...]:
    found = findings.by_id(tx, recommendation.findings, whole=findings.EVERYWHERE)
    missing = [one for one in recommendation.findings if one not in found]
    if missing:
        raise not_found()
    return tuple(dict.fromkeys(str(found[one]["item"]) for one in recommendation.findings))
