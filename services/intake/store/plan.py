"""Keeps a plan and gives it back as it was; an update touches only what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from services.intake.domain.places_of_others import Held
from services.intake.domain.plan import (
    Assignment,
    Exercise,
    Partner,
    Person,
    Plan,
    Scenario,
    Site,
    SponsorDecision,
    Wave,
)
from services.intake.store import tables as t

_ASKED = frozenset({"volunteer_id", "site_id", "wave", "kind", "scenario_id"})
"""What is asked of somebody by an assignment: where one of these changes, it is offered anew."""
_BRIEF = ("character", "opening_line", "facts", "will_not_say", "unwind", "safe_letter", "pair")


def load_plan(tx: Connection, exercise_id: str) -> Plan | None:
    """The plan of that exercise, or None."""
    row = tx.execute(select(t.exercises).where(t.exercises.c.id == exercise_id)).first()
    if row is None:
        return None
    partner = tx.execute(select(t.partners).where(t.partners.c.id == row.partner_id)).one()
    decision = row.sponsor_decision
    return Plan(
        partner=Partner(partner.id, partner.name, partner.kind),
        sites=_load_sites(tx, exercise_id),
        exercise=Exercise(
            id=row.id,
            title=row.title,
            mode=row.mode,
            sponsor_decision=SponsorDecision(**decision) if decision else None,
            waves=_load_waves(tx, exercise_id),
        ),
        people=_load_people(tx, exercise_id),
        scenarios=_load_scenarios(tx, exercise_id),
        assignments=_load_assignments(tx, exercise_id),
    )


def _load_sites(tx: Connection, exercise_id: str) -> tuple[Site, ...]:
    query = (
        select(t.sites)
        .join(t.exercise_sites, t.exercise_sites.c.site_id == t.sites.c.id)
        .where(t.exercise_sites.c.exercise_id == exercise_id)
        .order_by(t.exercise_sites.c.place)
    )
    return tuple(Site(row.id, row.name, tuple(row.zones), row.photos_allowed) for row in tx.execute(query))


def _load_waves(tx: Connection, exercise_id: str) -> tuple[Wave, ...]:
    query = select(t.waves).where(t.waves.c.exercise_id == exercise_id).order_by(t.waves.c.number)
    return tuple(Wave(row.number, row.opens, row.closes) for row in tx.execute(query))


def _load_people(tx: Connection, exercise_id: str) -> tuple[Person, ...]:
    query = (
        select(t.people.c.id, t.people.c.name, t.memberships.c.roles, t.memberships.c.representative)
        .join(t.memberships, t.memberships.c.person_id == t.people.c.id)
        .where(t.memberships.c.exercise_id == exercise_id)
        .order_by(t.memberships.c.place)
    )
    return tuple(Person(row.id, row.name, tuple(row.roles), row.representative) for row in tx.execute(query))


def _load_scenarios(tx: Connection, exercise_id: str) -> tuple[Scenario, ...]:
    query = select(t.scenarios).where(t.scenarios.c.exercise_id == exercise_id).order_by(t.scenarios.c.place)
    found = []
    for row in tx.execute(query):
        brief: dict[str, Any] = dict(row.brief)
        brief = {name: tuple(value) if isinstance(value, list) else value for name, value in brief.items()}
        found.append(Scenario(row.id, row.title, row.channel, row.stop_line, **brief))
    return tuple(found)


def _load_assignments(tx: Connection, exercise_id: str) -> tuple[Assignment, ...]:
    query = select(t.assignments).where(t.assignments.c.exercise_id == exercise_id).order_by(t.assignments.c.place)
    return tuple(
        Assignment(row.id, row.volunteer_id, row.site_id, row.wave, row.kind, row.scenario_id, row.buddy_id)
        for row in tx.execute(query)
    )


def save_plan(tx: Connection, plan: Plan, *, now: str) -> None:
    """Write the plan over whatever was there. A new exercise begins in the stage `plan`, at version 0.

    An assignment that asks something else of somebody than before is offered anew.
    """
    exercise_id = plan.exercise.id
    _upsert(tx, t.partners, {"id": plan.partner.id}, {"name": plan.partner.name, "kind": plan.partner.kind})
    _save_exercise(tx, plan, now)
    _save(tx, t.sites, {site.id: _site_row(plan, site) for site in plan.sites})
    _save(tx, t.people, {person.id: {"name": person.name} for person in plan.people}, {"version": 0})
    _replace(tx, t.exercise_sites, exercise_id, ({"site_id": s.id, "place": n} for n, s in enumerate(plan.sites)))
    _replace(tx, t.waves, exercise_id, (asdict(wave) for wave in plan.exercise.waves))
    _replace(tx, t.memberships, exercise_id, (_membership(n, person) for n, person in enumerate(plan.people)))
    gone = [t.assignments.c.exercise_id == exercise_id, t.assignments.c.id.not_in([a.id for a in plan.assignments])]
    tx.execute(delete(t.assignments).where(*gone))
    _save(tx, t.scenarios, {one.id: _scenario_row(exercise_id, n, one) for n, one in enumerate(plan.scenarios)})
    offered = {"state": "offered", "state_at": now}
    rows = {one.id: _assignment_row(exercise_id, n, one) for n, one in enumerate(plan.assignments)}
    _save(tx, t.assignments, rows, offered, anew=_ASKED)
    dropped = [t.scenarios.c.exercise_id == exercise_id, t.scenarios.c.id.not_in([s.id for s in plan.scenarios])]
    tx.execute(delete(t.scenarios).where(*dropped))


def _save_exercise(tx: Connection, plan: Plan, now: str) -> None:
    decision = plan.exercise.sponsor_decision
    values = {
        "partner_id": plan.partner.id,
        "title": plan.exercise.title,
        "mode": plan.exercise.mode,
        "sponsor_decision": asdict(decision) if decision else None,
    }
    first = {"stage": "plan", "version": 0, "shared_before": False, "wave_releases": [], "created_at": now}
    _upsert(tx, t.exercises, {"id": plan.exercise.id}, values, first)


def _membership(place: int, person: Person) -> dict[str, Any]:
    return {
        "person_id": person.id,
        "place": place,
        "roles": list(person.roles),
        "representative": person.representative,
    }


def _scenario_row(exercise_id: str, place: int, scenario: Scenario) -> dict[str, Any]:
    facts = asdict(scenario)
    # Lists, as they come back: else each scenario would look changed.
    brief = {
        name: list(told) if isinstance(told, tuple) else told for name in _BRIEF if (told := facts[name]) is not None
    }
    return {
        "exercise_id": exercise_id,
        "place": place,
        "title": scenario.title,
        "channel": scenario.channel,
        "stop_line": scenario.stop_line,
        "brief": brief,
    }


def _site_row(plan: Plan, site: Site) -> dict[str, Any]:
    return {
        "partner_id": plan.partner.id,
        "name": site.name,
        "zones": list(site.zones),
        "photos_allowed": site.photos_allowed,
    }


def _assignment_row(exercise_id: str, place: int, entry: Assignment) -> dict[str, Any]:
    return {
        "volunteer_id": entry.volunteer,
        "site_id": entry.site,
        "wave": entry.wave,
        "kind": entry.kind,
        "scenario_id": entry.scenario,
        "exercise_id": exercise_id,
        "place": place,
        "buddy_id": entry.buddy,
    }


def _save(
    tx: Connection,
    table: Table,
    rows: Mapping[str, Mapping[str, Any]],
    first: Mapping[str, Any] = MappingProxyType({}),
    anew: frozenset[str] = frozenset(),
) -> None:
    """Write entries by their ids: new ones all at once, with `first` beside; of others what changed, and `first` again
    where one of `anew` did. An entry that is as it was is not touched: a page that changes one costs no more for all.
    """
    there = {row.id: row._mapping for row in tx.execute(select(table).where(table.c.id.in_(list(rows))))}
    fresh = [{"id": entry_id, **values, **first} for entry_id, values in rows.items() if entry_id not in there]
    if fresh:
        tx.execute(insert(table), fresh)
    for entry_id, was in there.items():
        changed = {name: value for name, value in rows[entry_id].items() if was[name] != value}
        if changed:
            again = first if anew & changed.keys() else {}
            tx.execute(update(table).where(table.c.id == entry_id).values({**changed, **again}))


def _upsert(
    tx: Connection,
    table: Table,
    key: dict[str, str],
    values: dict[str, Any],
    first: dict[str, Any] | None = None,
) -> None:
    (name, value), *_ = key.items()
    there = table.c[name] == value
    if tx.execute(select(table.c[name]).where(there)).first() is None:
        tx.execute(insert(table).values({**key, **values, **(first or {})}))
    else:
        tx.execute(update(table).where(there).values(values))


def _replace(tx: Connection, table: Table, exercise_id: str, rows: Iterable[dict[str, Any]]) -> None:
    tx.execute(delete(table).where(table.c.exercise_id == exercise_id))
    filled = [{"exercise_id": exercise_id, **row} for row in rows]
    if filled:
        tx.execute(insert(table), filled)


def taken_elsewhere(tx: Connection, plan: Plan) -> list[tuple[str, str]]:
    """Ids of this plan that already belong to something else: (section, id). They would be overwritten otherwise."""
    found: list[tuple[str, str]] = []
    sections = (("scenarios", t.scenarios, plan.scenarios), ("assignments", t.assignments, plan.assignments))
    for section, table, entries in sections:
        query = select(table.c.id).where(
            table.c.id.in_([entry.id for entry in entries]), table.c.exercise_id != plan.exercise.id
        )
        found += [(section, each) for each in tx.execute(query).scalars()]
    strange = select(t.sites.c.id).where(
        t.sites.c.id.in_([site.id for site in plan.sites]), t.sites.c.partner_id != plan.partner.id
    )
    return found + [("sites", each) for each in tx.execute(strange).scalars()]


def known_places(tx: Connection, partner_id: str, site_ids: Iterable[str]) -> dict[str, Held]:
    """This partner and those of these sites that are kept already, by id, each with the exercises it is in."""
    found: dict[str, Held] = {}
    for row in tx.execute(select(t.partners).where(t.partners.c.id == partner_id)):
        found[row.id] = Held(Partner(row.id, row.name, row.kind), frozenset(exercises_of_partner(tx, row.id)))
    for row in tx.execute(select(t.sites).where(t.sites.c.id.in_(list(site_ids)))):
        site = Site(row.id, row.name, tuple(row.zones), row.photos_allowed)
        found[row.id] = Held(site, frozenset(exercises_with_site(tx, row.id)))
    return found


def exercises_with_site(tx: Connection, site_id: str) -> list[str]:
    """Ids of all exercises that visit this site."""
    query = select(t.exercise_sites.c.exercise_id).where(t.exercise_sites.c.site_id == site_id)
    return list(tx.execute(query).scalars())


def exercises_of_partner(tx: Connection, partner_id: str) -> list[str]:
    """Ids of all exercises with this partner."""
    return list(tx.execute(select(t.exercises.c.id).where(t.exercises.c.partner_id == partner_id)).scalars())
