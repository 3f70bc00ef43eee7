"""The plan file and the acts on an exercise as marshmallow shapes; the OpenAPI document reads them too (wire.md §2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError
from marshmallow.fields import Integer
from marshmallow.validate import Length, Range

from services.intake.domain import plan as words
from services.intake.domain.exercise import STAGES, TWO_KEY_STAGES
from services.intake.domain.plan_rules import faults, too_much
from services.intake.forms.plain import (
    Day,
    Form,
    OneOf,
    Whole,
    Words,
    WordsOrList,
    YesNo,
    field_errors,
    list_of,
    many,
    nested,
)
from shared.contracts.ids import Id
from shared.contracts.refusals import FieldError

MOST_TOLD = 100
"""So many faults of a plan are told at once: nobody mends more, and a page of them has to stay a page."""
_SOME = Length(min=1, error="needs at least one entry.")


class PartnerForm(Form):
    """The organisation visited."""

    id = Id(required=True)
    name = Words(required=True, longest=200)
    kind = OneOf(*words.PARTNER_KINDS, required=True)


class SiteForm(Form):
    """One building."""

    id = Id(required=True)
    name = Words(required=True, longest=200)
    zones = list_of(OneOf(*words.ZONES), required=True, validate=_SOME)
    photos_allowed = YesNo()


class SponsorDecisionForm(Form):
    """When and why the sponsor decided that staff are not told."""

    on = Day(required=True)
    reason = Words(required=True)


class WaveForm(Form):
    """A window of visits."""

    number = Whole(least=1, most=99, required=True)
    opens = Day(required=True)
    closes = Day(required=True)


class ExerciseForm(Form):
    """The exercise itself."""

    id = Id(required=True)
    title = Words(required=True, longest=200)
    mode = OneOf("announced", "covert", required=True)
    sponsor_decision = nested(SponsorDecisionForm, allow_none=True)
    waves = many(WaveForm, required=True, validate=_SOME)


class PersonForm(Form):
    """Somebody with roles in it."""

    id = Id(required=True)
    name = Words(required=True, longest=200)
    roles = list_of(OneOf(*words.ROLES), required=True, validate=_SOME)
    representative = YesNo(allow_none=True)


class ScenarioForm(Form):
    """A character, and where to stop."""

    id = Id(required=True)
    title = Words(required=True, longest=200)
    channel = OneOf(*words.CHANNELS, required=True)
    character = Words(allow_none=True, may_be_empty=True)
    opening_line = Words(allow_none=True, may_be_empty=True)
    facts = WordsOrList(allow_none=True, may_be_empty=True)
    will_not_say = WordsOrList(allow_none=True, may_be_empty=True)
    stop_line = Words(required=True)
    unwind = list_of(Words(longest=400), allow_none=True)
    safe_letter = Words(allow_none=True, may_be_empty=True)
    pair = Words(allow_none=True, may_be_empty=True, longest=40)


class AssignmentForm(Form):
    """Who visits where, in which wave, and how."""

    id = Id(required=True)
    volunteer = Id(required=True)
    site = Id(required=True)
    wave = Whole(least=1, most=99, required=True)
    kind = OneOf(*words.VISIT_KINDS, required=True)
    scenario = Id(allow_none=True)
    buddy = Id(allow_none=True)


class PlanForm(Form):
    """The whole plan file."""

    partner = nested(PartnerForm, required=True)
    sites = many(SiteForm, required=True, validate=_SOME)
    exercise = nested(ExerciseForm, required=True)
    people = many(PersonForm, required=True, validate=_SOME)
    scenarios = many(ScenarioForm, allow_none=True)
    assignments = many(AssignmentForm, allow_none=True)


class StageForm(Form):
    """A move of the exercise; `reason` when it goes back."""

    to = OneOf(*STAGES, required=True)
    reason = Words(longest=2000, allow_none=True)


class ReleaseForm(Form):
    """An act that lifts an embargo; `wave` for one later wave while the exercise is in action."""

    to = OneOf(*TWO_KEY_STAGES, required=True)
    wave = Whole(least=1, most=99, allow_none=True)


class TakeBackQuery(Form):
    """Which wave's release an act is taken back from."""

    wave = Integer(strict=False, validate=Range(min=1, max=99, error="must be from 1 to 99."))


class ClosureForm(Form):
    """The formal closure: every record of the unwind list, ticked by its text, and a statement."""

    unwind = list_of(Words(longest=400), allow_none=True)
    statement = Words(required=True)


def read_plan(file: Any) -> tuple[words.Plan | None, list[FieldError]]:
    """The plan in a file as it was parsed from JSON, or everything that is wrong with it, in one go.

    Of very many faults the first are told, and how many more there are.
    """
    found = too_much(file) if isinstance(file, Mapping) else []
    if found:
        return None, found
    loaded: Mapping[str, Any] = {}
    try:
        loaded = PlanForm().load(file)
    except ValidationError as refused:
        found = field_errors(refused.messages)
        # What could not be read is passed over by the rules, so that both kinds of fault are told together.
        loaded = file if isinstance(file, Mapping) else {}
    found += faults(loaded)
    if len(found) > MOST_TOLD:
        more = f"There are {len(found) - MOST_TOLD:,} more faults. They are told when these are mended."
        found = [*found[:MOST_TOLD], FieldError("", more)]
    return (None, found) if found else (words.from_file(loaded), [])
