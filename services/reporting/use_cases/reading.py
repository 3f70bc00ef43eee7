"""Reading recommendations: one, a list, the board, the writing page. Reads under embargo leave a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from services.reporting.domain.measures import Measures, measure
from services.reporting.domain.moving import Offer, offers
from services.reporting.domain.past import past
from services.reporting.domain.recommendation import BEFORE_SHARED, Entry, Recommendation
from services.reporting.domain.sight import history_seen
from services.reporting.store import findings, reading, recommendations
from services.reporting.use_cases.members import (
    Member,
    findings_known,
    looking,
    reader,
    readers_everywhere,
    seen,
    waves_read,
    whole_sites,
)
from shared.access.directory import ExerciseEntry
from shared.access.stages import Stage
from shared.contracts.days import day_here
from shared.contracts.refusals import not_found
from shared.runtime.service import Service


@dataclass(frozen=True, slots=True)
class Shown:
    """A recommendation as somebody sees it: with its history, the exercise, and the moves that are theirs now."""

    recommendation: Recommendation
    history: tuple[Entry, ...]
    exercise: ExerciseEntry
    who: Member
    offers: tuple[Offer, ...]
    findings: Mapping[str, Mapping[str, Any]]
    parts: tuple[Recommendation, ...] = ()
    """Those that became part of it and that the reader may take out again."""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything a person may see, what moved since they last looked, and the measures of closed exercises.

    `since` is their last look on an earlier day, so that one look does not clear the list of that day.
    """

    shown: tuple[Shown, ...]
    since: datetime | None
    closed: tuple[tuple[ExerciseEntry, Measures], ...]
    members: tuple[Member, ...]

    @property
    def moved(self) -> list[Shown]:
        """Those with news since then; all that were ever told when there was no earlier day."""
        return [one for one in self.shown if self.since is None or one.recommendation.news_at > self.since]


@dataclass(frozen=True, slots=True)
class Desk:
    """The writing page: findings to write from, and the drafts so far."""

    who: Member
    findings: Sequence[Mapping[str, Any]]
    drafts: Sequence[Recommendation]
    others: Sequence[Recommendation]


@dataclass(frozen=True, slots=True)
class Asked:
    """A finding – what was asked and where, no more – and every recommendation about it that the reader may see.

    `told` is False where nobody is told of single recommendations any more, because the exercise is closed.
    """

    finding: Mapping[str, Any]
    site_id: str
    current: bool
    who: Member
    shown: tuple[Shown, ...]
    told: bool


def recommendation(service: Service, person_id: str, recommendation_id: str) -> Shown:
    """One recommendation. Raises Refusal (404)."""
    with looking(service) as (tx, reads):
        found, who = seen(tx, service, person_id, recommendation_id)
        waves = waves_read(tx, who, [found.site_id]) if found.findings else ()
        reads.note(who, f"recommendation {found.id}", waves)
        parts: list[Recommendation] = []
        if who.may("recommendations.write") and found.status in BEFORE_SHARED and not found.merged_into:
            parts = recommendations.taken_in(tx, found)
        return replace(_shown(tx, service, who, [found])[0], parts=tuple(parts))


def asked_about(service: Service, person_id: str, finding_id: str) -> Asked:
    """What was asked for because of a finding. Raises Refusal (404) unless the reader may know of the finding."""
    with looking(service) as (tx, reads):
        place = findings.place_of(tx, finding_id)
        if place is None:
            raise not_found()
        exercise_id, site_id = place
        who = reader(tx, service, person_id, exercise_id, "recommendations.read")
        if finding_id not in findings_known(tx, who, [finding_id]):
            raise not_found()
        reads.note(who, f"recommendations about finding {finding_id}", waves_read(tx, who, [site_id]))
        finding = findings.by_id(tx, [finding_id], whole=findings.EVERYWHERE)[finding_id]
        visible = recommendations.of_exercise(tx, exercise_id, site_id, statuses=who.statuses)
        about = [one for one in visible if finding_id in one.findings]
        histories = recommendations.histories(tx, [one.id for one in about])
        today = day_here(service.clock.now())
        shown = tuple(_one(who, one, histories[one.id], {}, today) for one in about)
        return Asked(past(finding), site_id, bool(finding["current"]), who, shown, told=bool(who.statuses))


def page_of_recommendations(
    service: Service, person_id: str, exercise_id: str | None, after: int, limit: int
) -> tuple[list[Shown], int | None]:
    """Those that the person may see, oldest first, in one exercise or in all. Raises Refusal (404)."""
    with looking(service) as (tx, reads):
        if exercise_id is None:
            members = readers_everywhere(tx, service, person_id, "recommendations.read")
        else:
            members = [reader(tx, service, person_id, exercise_id, "recommendations.read")]
        by_exercise = {who.exercise.id: who for who in members}
        statuses = {one: who.statuses for one, who in by_exercise.items()}
        found, more = recommendations.page(tx, dict(statuses), after, limit)
        for one in {one.exercise_id for one in found}:
            reads.note(by_exercise[one], "list of recommendations")
        histories = recommendations.histories(tx, [one.id for one in found])
        today = day_here(service.clock.now())
        shown = [_one(by_exercise[one.exercise_id], one, histories[one.id], {}, today) for one in found]
        return shown, more


def board(service: Service, person_id: str, *, remember: bool = True) -> Board:
    """The board of everything the person may see; remembers that they looked, unless told not to."""
    now = service.clock.now()
    today = day_here(now)
    with looking(service) as (tx, reads):
        members = readers_everywhere(tx, service, person_id, "recommendations.read")
        looked = reading.last_looks_of(tx, person_id)
        since = next((at for at in looked if day_here(at) < today), None)
        shown: list[Shown] = []
        closed = []
        for who in members:
            visible = recommendations.of_exercise(tx, who.exercise.id, statuses=who.statuses)
            if visible:
                reads.note(who, "board of recommendations")
            histories = recommendations.histories(tx, [one.id for one in visible])
            # A card names no finding, so none is read.
            shown += [_one(who, one, histories[one.id], {}, today) for one in visible]
            if who.exercise.stage == Stage.CLOSED:
                found = recommendations.of_exercise(tx, who.exercise.id)
                closed.append((who.exercise, measure(found, findings.kinds(tx, who.exercise.id), today)))
    if remember:
        with service.database.transaction(person_id) as tx:
            reading.set_last_look(tx, person_id, now, since)
    return Board(tuple(shown), since, tuple(closed), tuple(members))


def measures_of(service: Service, person_id: str, exercise_id: str) -> Measures:
    """The headline measures of an exercise. Raises Refusal (404)."""
    with service.database.reading() as tx:
        who = reader(tx, service, person_id, exercise_id, "recommendations.read")
        found = recommendations.of_exercise(tx, who.exercise.id)
        return measure(found, findings.kinds(tx, exercise_id), day_here(service.clock.now()))


def desk(service: Service, person_id: str, exercise_id: str) -> Desk:
    """What the writing page needs. Raises Refusal (404)."""
    with looking(service) as (tx, reads):
        who = reader(tx, service, person_id, exercise_id, "recommendations.write")
        reads.note(who, "writing page", waves_read(tx, who, [site.id for site in who.exercise.sites]))
        drawn = findings.of_exercise(tx, exercise_id, whole=whole_sites(tx, who))
        written = recommendations.of_exercise(tx, exercise_id)
        drafts = [one for one in written if one.status in ("draft", "agreed")]
        others = [one for one in written if one.status not in ("draft", "agreed")]
        order = {"red": 0, "amber": 1, "strength": 2}
        drawn.sort(key=lambda one: (one["site_id"], order.get(one["kind"], 3), one["item"], str(one.get("zone"))))
        return Desk(who, drawn, drafts, others)


def _shown(tx: Connection, service: Service, who: Member, found: Sequence[Recommendation]) -> list[Shown]:
    histories = recommendations.histories(tx, [one.id for one in found])
    linked = list(dict.fromkeys(finding for one in found for finding in one.findings))
    known = findings.by_id(tx, linked, whole=whole_sites(tx, who))
    today = day_here(service.clock.now())
    return [_one(who, one, histories[one.id], known, today) for one in found]


def _one(
    who: Member,
    found: Recommendation,
    history: Sequence[Entry],
    known: Mapping[str, Mapping[str, Any]],
    today: date,
) -> Shown:
    mine: list[Offer] = []
    if who.may("recommendations.move") and found.merged_into is None:
        mine = offers(found, history, who.mover, stage=who.exercise.stage, today=today)
    about = {one: known[one] for one in found.findings if one in known}
    shown = history_seen(history, who.statuses)
    return Shown(found, tuple(shown), who.exercise, who, tuple(mine), about)


def linkable(service: Service, person_id: str, recommendation_id: str) -> list[Mapping[str, Any]]:
    """The findings of its building, to link to it. Raises Refusal (404)."""
    with looking(service) as (tx, reads):
        found, who = seen(tx, service, person_id, recommendation_id)
        reads.note(who, f"findings to link to {found.id}", waves_read(tx, who, [found.site_id]))
        drawn = findings.of_exercise(tx, found.exercise_id, whole=whole_sites(tx, who))
        return [one for one in drawn if one["site_id"] == found.site_id]
