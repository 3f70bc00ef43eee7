"""What the planning API answers, as marshmallow shapes, so that the OpenAPI document says it too (wire.md §2)."""

from __future__ import annotations

from marshmallow import Schema

from services.intake.domain import plan as words
from services.intake.domain.exercise import STAGES, TWO_KEY_STAGES
from services.intake.forms.plain import Day, OneOf, Whole, Words, YesNo, list_of, many, nested
from services.intake.forms.plan import (
    AssignmentForm,
    PartnerForm,
    ScenarioForm,
    SiteForm,
    SponsorDecisionForm,
    WaveForm,
)
from shared.contracts.ids import Id


class StageAnswer(Schema):
    """Where the exercise stands after a move."""

    id = Id()
    stage = OneOf(*STAGES)
    version = Whole(least=1, most=2**31 - 1)


class ReleaseAnswer(Schema):
    """How a release stands after an act; `missing` names who still has to act."""

    exercise_id = Id()
    to = OneOf(*TWO_KEY_STAGES)
    wave = Whole(least=1, most=99, allow_none=True)
    stage = OneOf(*STAGES)
    released = YesNo()
    missing = list_of(OneOf("lead", "representative", "somebody-else"))


class ClosureAnswer(Schema):
    """The signed closure."""

    exercise_id = Id()
    unwind = list_of(Words())
    statement = Words()
    signed_at = Words(metadata={"format": "date-time"})


class WaveSeen(WaveForm):
    """A window of visits; its days are null where they are not the caller's to know before it was shared."""

    opens = Day(required=True, allow_none=True)
    closes = Day(required=True, allow_none=True)


class ExerciseSeen(Schema):
    """The exercise with the stage it has reached."""

    id = Id()
    title = Words()
    mode = OneOf("announced", "covert")
    sponsor_decision = nested(SponsorDecisionForm, allow_none=True)
    waves = many(WaveSeen)
    stage = OneOf(*STAGES)
    wave_releases = list_of(Whole(least=2, most=99))


class PersonSeen(Schema):
    """A person of the plan; the name only where the caller may know it."""

    id = Id()
    name = Words()
    roles = list_of(OneOf(*words.ROLES))
    representative = YesNo()


class AssignmentSeen(AssignmentForm):
    """An assignment with what the volunteer said to it."""

    state = OneOf("offered", "accepted", "swap-asked", "declined")


class ClosureSeen(Schema):
    """What the closure needs, and whether it is signed."""

    unwind = list_of(Words())
    signed = YesNo()


class PendingRelease(Schema):
    """A release that waits for the other key."""

    to = OneOf(*TWO_KEY_STAGES)
    wave = Whole(least=1, most=99, allow_none=True)
    missing = list_of(Words())


class ExerciseAnswer(Schema):
    """The plan, as far as the caller may see it. Parts that are not the caller's to see are left out."""

    id = Id()
    stage = OneOf(*STAGES)
    version = Whole(least=1, most=2**31 - 1)
    partner = nested(PartnerForm)
    sites = many(SiteForm)
    exercise = nested(ExerciseSeen)
    people = many(PersonSeen)
    scenarios = many(ScenarioForm)
    assignments = many(AssignmentSeen)
    closure = nested(ClosureSeen)
    releases = many(PendingRelease)


class MyExercise(Schema):
    """One of the caller's exercises."""

    id = Id()
    title = Words()
    stage = OneOf(*STAGES)
    roles = list_of(OneOf(*words.ROLES))
    representative = YesNo()


class MyAssignment(Schema):
    """Something the caller is asked to do."""

    id = Id()
    exercise_id = Id()
    site_id = Id()
    site = Words()
    wave = Whole(least=1, most=99)
    opens = Day()
    closes = Day()
    kind = OneOf(*words.VISIT_KINDS)
    scenario = nested(ScenarioForm, allow_none=True)
    state = OneOf("offered", "accepted", "swap-asked")


class Myself(Schema):
    """Who the caller is."""

    id = Id()
    name = Words()


class MeAnswer(Schema):
    """The caller: person, roles, exercises, open assignments."""

    person = nested(Myself)
    roles = list_of(OneOf(*words.ROLES))
    exercises = many(MyExercise)
    assignments = many(MyAssignment)
