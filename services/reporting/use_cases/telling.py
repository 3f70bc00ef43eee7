"""Telling people: a volunteer what came of their visit, and all staff what was heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.reporting.domain.days import day_here
from services.reporting.domain.heard import Heard, what_we_heard
from services.reporting.domain.recommendation import BEFORE_SHARED
from services.reporting.domain.sight import statuses_seen
from services.reporting.domain.story import Chapter, Said, chapters, has_met
from services.reporting.store import findings, recommendations, reflections
from services.reporting.store.reflections import Reflection
from services.reporting.use_cases.members import Member, as_member, findings_known, looking, reader
from shared.access import directory
from shared.access.directory import ExerciseEntry
from shared.access.roles import Role
from shared.access.rules import roles_allowed
from shared.access.stages import Stage
from shared.runtime.service import Service


@dataclass(frozen=True, slots=True)
class Story:
    """What came of one volunteer's visits in one exercise. `met`: the group has agreed on something there."""

    exercise: ExerciseEntry
    chapters: tuple[Chapter, ...]
    met: bool = False


@dataclass(frozen=True, slots=True)
class HeardPage:
    """The page "What we heard" with the hopes and worries that were let through; the others for the host charity."""

    who: Member
    heard: Heard
    reflections: tuple[Reflection, ...]
    waiting: tuple[Reflection, ...]
    held_back: tuple[Reflection, ...]


def my_changes(service: Service, person_id: str) -> list[Story]:
    """What came of what this person said, in every exercise in which they are a volunteer.

    Only their own pseudonym is looked for, so that nobody can ask for somebody else's.
    """
    today = day_here(service.clock.now())
    stories = []
    with service.database.reading() as tx:
        for exercise, held in directory.exercises_of(tx, person_id):
            if Role.VOLUNTEER not in held.roles:
                continue
            allowed = roles_allowed("recommendations.read", held.roles, exercise.stage) & {Role.VOLUNTEER}
            if not allowed:
                # That something one said became a finding tells what others said.
                stories.append(Story(exercise, ()))
                continue
            who = as_member(service, person_id, exercise, held.roles)
            told = [one for one in findings.stories_of(tx, [who.key]) if one["exercise_id"] == exercise.id]
            known = findings_known(tx, who, {s["finding_id"] for one in told for s in one["said"]})
            kinds = findings.kinds(tx, exercise.id)
            said = [_said(one, s, kinds) for one in told for s in one["said"] if s["finding_id"] in known]
            may_see = statuses_seen(allowed, exercise.stage)
            written = recommendations.of_exercise(tx, exercise.id, statuses=may_see)
            about_it = [one.id for one in written if known.intersection(one.findings)]
            histories = recommendations.histories(tx, about_it)
            met = has_met(written) or exercise.stage == Stage.CLOSED
            stories.append(Story(exercise, tuple(chapters(said, written, histories, today, met=met)), met))
    return stories


def _said(visit: Mapping[str, Any], one: Mapping[str, Any], kinds: Mapping[str, str]) -> Said:
    return Said(
        visit["exercise_id"],
        visit["site_id"],
        visit["wave"],
        one["item"],
        one["zone"],
        one["finding_id"],
        one["quote"],
        praise=kinds.get(one["finding_id"]) == "strength",
    )


def heard(service: Service, person_id: str, exercise_id: str) -> HeardPage:
    """What all staff may read of an exercise. Raises Refusal (404)."""
    with looking(service) as (tx, reads):
        who = reader(tx, service, person_id, exercise_id, "heard.read")
        reads.note(who, "what we heard")
        closed = who.exercise.stage == Stage.CLOSED
        found = findings.of_exercise(tx, exercise_id, whole=findings.NOWHERE)
        written = recommendations.of_exercise(tx, exercise_id)
        told = [] if closed else [one for one in written if one.status not in BEFORE_SHARED]
        waiting = reflections.of_exercise(tx, exercise_id, "waiting") if who.of_host else []
        shown = reflections.of_exercise(tx, exercise_id, "shown")
        held_back = reflections.of_exercise(tx, exercise_id, "held-back") if who.of_host else []
        page = what_we_heard(found, told, only_totals=closed)
        return HeardPage(who, page, tuple(shown), tuple(waiting), tuple(held_back))
