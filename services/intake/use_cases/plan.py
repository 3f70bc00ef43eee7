"""Making, changing and reading a plan: the same for the command line, the API and the lead's pages."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.intake.domain import people_of_others, places_of_others
from services.intake.domain.plan import Person, Plan, as_file
from services.intake.domain.plan_changes import Rested, losses, narrowed
from services.intake.domain.plan_rules import line_of_thought
from services.intake.forms.plan import read_plan
from services.intake.store import exercises as exercise_store
from services.intake.store import people as people_store
from services.intake.store import plan as plan_store
from services.intake.store import wellbeing as wellbeing_store
from services.intake.store.exercises import Move
from services.intake.store.rested import answered_zones, rested_places
from services.intake.use_cases.directory import tell_exercise, tell_people, timestamp
from services.intake.use_cases.people import planner
from shared.access.roles import Role
from shared.access.volunteer_key import volunteer_key
from shared.contracts.refusals import FieldError, Refusal, conflict, invalid, not_found
from shared.contracts.strict_json import read_json
from shared.runtime.service import Service


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. `change` is created, updated or unchanged; `people` are the ids in the file's order."""

    exercise_id: str
    title: str
    change: str
    people: tuple[str, ...]


def value_of(raw: bytes) -> Any:
    """The JSON value in the bytes of a plan file, with or without a byte order mark.

    Raises Refusal: 400 `not-json`, 422 where a name stands twice in one object: one of the two values would be lost.
    """
    return read_json(raw.removeprefix(BOM_UTF8))


def import_plan(service: Service, file: Any) -> Imported:
    """Make or update the plan in a plan file, in one transaction; the same file again changes nothing (wire.md §2).

    Raises Refusal: 422 with every fault at once, each with a pointer and its line of thought (`people[2].role: …`);
    409 when the exercise is closed or visits rest on what the file takes away. Then nothing has changed.
    """
    plan = _read(file)
    with service.database.transaction() as tx:
        return write_plan(tx, plan, now=service.clock.now(), identity_key=service.settings.identity_key)


def _read(file: Any) -> Plan:
    plan, faults = read_plan(file)
    if plan is None:
        raise refusal_of(faults)
    return plan


def refusal_of(faults: Iterable[FieldError]) -> Refusal:
    """422 that names each fault by its line of thought."""
    found = list(faults)
    lines = [f"{line_of_thought(fault.pointer)}: {fault.detail}" for fault in found]
    return invalid(found, "plan-refused", "This plan cannot be used. " + " ".join(lines))


def write_plan(
    tx: Connection, plan: Plan, *, now: datetime, identity_key: bytes, planner_id: str | None = None
) -> Imported:
    """Keep a plan that is right in itself. Raises Refusal where it does not fit what is there already.

    `planner_id`: the lead whose change it is. Without one it is the operator's, who may bring anybody in.
    """
    exercise_id = plan.exercise.id
    before = plan_store.load_plan(tx, exercise_id)
    done = Imported(exercise_id, plan.exercise.title, "created", tuple(person.id for person in plan.people))
    if before == plan:
        return Imported(done.exercise_id, done.title, "unchanged", done.people)
    _refuse_strangers(tx, plan, told=planner_id is None)
    if planner_id is not None:
        _refuse_what_is_others(tx, before, plan, planner_id)
        _refuse_later_buddies(tx, before, plan)
        _refuse_nobody_leading(before, plan)
    if before is not None:
        _refuse_losses(tx, before, plan, identity_key)
    moment = timestamp(now)
    plan_store.save_plan(tx, plan, now=moment)
    if before is None:
        exercise_store.add_move(tx, exercise_id, Move(None, "plan", None, None, None, moment))
    for changed in _touched(tx, before, plan):
        state = exercise_store.state(tx, changed)
        assert state is not None
        tell_exercise(tx, state, now)
    tell_people(tx, _people_to_tell(before, plan), now)
    return done if before is None else Imported(done.exercise_id, done.title, "updated", done.people)


def _refuse_strangers(tx: Connection, plan: Plan, *, told: bool) -> None:
    """`told`: whether it may be said where an id is taken; a lead is not told of what they do not lead."""
    faults = []
    for section, entry_id in plan_store.taken_elsewhere(tx, plan):
        place = [entry.id for entry in getattr(plan, section)].index(entry_id)
        whose = "another partner" if section == "sites" else "another exercise"
        words = f"this id already belongs to {whose}." if told else places_of_others.NOT_HERE
        faults.append(FieldError(f"/{section}/{place}/id", words))
    if faults:
        raise refusal_of(faults)


def _refuse_what_is_others(tx: Connection, before: Plan | None, plan: Plan, planner_id: str) -> None:
    """People, sites and the partner may be in exercises that this lead does not lead."""
    who = planner(tx, planner_id)
    known = people_store.known(tx, (person.id for person in plan.people))
    places = plan_store.known_places(tx, plan.partner.id, [site.id for site in plan.sites])
    found = [*places_of_others.faults(who, places, before, plan), *people_of_others.faults(who, known, before, plan)]
    if found:
        raise refusal_of(found)


def _refuse_later_buddies(tx: Connection, before: Plan | None, plan: Plan) -> None:
    """What was told and felt is for the buddy of that day: a lead names nobody else to read it afterwards."""
    named = {entry.id: entry.buddy for entry in before.assignments} if before else {}
    others = [entry.id for entry in plan.assignments if entry.buddy and entry.buddy != named.get(entry.id, entry.buddy)]
    gone = wellbeing_store.gone_under(tx, others)
    places = [place for place, entry in enumerate(plan.assignments) if entry.id in gone]
    if places:
        words = "cannot be another one now: they went already, and what they told is for the buddy they had."
        raise refusal_of([FieldError(f"/assignments/{place}/buddy", words) for place in places])


def _refuse_nobody_leading(before: Plan | None, plan: Plan) -> None:
    if before is not None and _leads(before) and not _leads(plan):
        raise refusal_of([FieldError("/people", "somebody has to lead it. Make somebody else a lead first.")])


def _leads(plan: Plan) -> list[str]:
    return [person.id for person in plan.people if Role.LEAD in person.roles]


def _refuse_losses(tx: Connection, before: Plan, plan: Plan, identity_key: bytes) -> None:
    state = exercise_store.state(tx, plan.exercise.id)
    if state is not None and state.stage == "closed":
        raise conflict("exercise-closed", "This exercise is closed, so its plan stays as it was.")
    if before.partner.id != plan.partner.id:
        raise refusal_of([FieldError("/partner/id", "an exercise stays with its partner.")])
    faults = losses(before, plan, _rested(tx, before, plan, identity_key))
    if faults:
        lines = " ".join(f"{line_of_thought(fault.pointer)}: {fault.detail}" for fault in faults)
        raise Refusal(409, "visits-rest-on-it", f"Visits already rest on this plan. {lines}", faults)


def _rested(tx: Connection, before: Plan, after: Plan, identity_key: bytes) -> list[Rested]:
    """The visits of the exercise, joined to people by the pseudonym that only intake can make."""
    exercise_id = before.exercise.id
    places = rested_places(tx, exercise_id)
    if not places:
        return []
    people = {volunteer_key(identity_key, exercise_id, person.id): person.id for person in before.people}
    # Only who takes a zone out has to know what was said there.
    zones = {site_id: answered_zones(tx, exercise_id, site_id) for site_id in narrowed(before, after)}
    return [
        Rested(site, wave, kind, people.get(key, ""), zones.get(site, frozenset())) for site, wave, kind, key in places
    ]


def _touched(tx: Connection, before: Plan | None, plan: Plan) -> list[str]:
    """Exercises whose entry in the directory changed: this one, and others that share a changed site or partner."""
    touched = [plan.exercise.id]
    if before is not None and before.partner != plan.partner:
        touched += plan_store.exercises_of_partner(tx, plan.partner.id)
    known = set(before.sites) if before is not None else set()
    for site in plan.sites:
        if site not in known:
            touched += plan_store.exercises_with_site(tx, site.id)
    return list(dict.fromkeys(touched))


def _people_to_tell(before: Plan | None, plan: Plan) -> list[str]:
    def standing(people: tuple[Person, ...]) -> dict[str, tuple[tuple[str, ...], bool]]:
        return {person.id: (person.roles, person.representative) for person in people}

    was, now = standing(before.people if before else ()), standing(plan.people)
    return [person_id for person_id in {**was, **now} if was.get(person_id) != now.get(person_id)]


def exercises_here(service: Service) -> list[tuple[str, str, str]]:
    """Id, stage and title of every exercise, the oldest first: for whoever runs the service."""
    with service.database.reading() as tx:
        return exercise_store.every(tx)


def export_plan(service: Service, exercise_id: str) -> dict[str, Any]:
    """The plan file of an exercise, in the shape that `import_plan` takes. Raises Refusal (404)."""
    with service.database.reading() as tx:
        return as_file(plan_of(tx, exercise_id.lower()))


def plan_of(tx: Connection, exercise_id: str) -> Plan:
    """The plan of an exercise. Raises Refusal (404)."""
    plan = plan_store.load_plan(tx, exercise_id)
    if plan is None:
        raise not_found()
    return plan
