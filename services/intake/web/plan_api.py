"""The planning API of wire.md §2: the plan as the caller may see it, stages, two-key releases, closure, and me."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g

from services.intake.domain.exercise import Release
from services.intake.forms.plan import ClosureForm, ReleaseForm, StageForm, TakeBackQuery
from services.intake.forms.plan_answers import ClosureAnswer, ExerciseAnswer, MeAnswer, ReleaseAnswer, StageAnswer
from services.intake.use_cases import exercises, seen
from services.intake.use_cases.exercises import Released
from services.intake.web.api import ApiBlueprint, service, viewer
from shared.contracts.refusals import forbidden, not_found
from shared.web.gate import current_person, requires, signed_in

blueprint = ApiBlueprint("plan_api", __name__, url_prefix="/api/intake/v1", description="The plan and its stages")


@blueprint.route("/exercises/<uuid:exercise_id>")
@requires("exercise.read")
@blueprint.response(200, ExerciseAnswer)
def exercise(exercise_id: UUID) -> dict[str, Any]:
    """The plan, as far as the caller may see it."""
    return seen.see_exercise(service(), viewer())


@blueprint.route("/exercises/<uuid:exercise_id>/stage", methods=["POST"])
@requires("exercise.move")
@blueprint.arguments(StageForm)
@blueprint.response(200, StageAnswer)
def move(body: dict[str, Any], exercise_id: UUID) -> dict[str, Any]:
    """Move to the next stage, or back by one with a reason. Lead only."""
    state = exercises.move_exercise(service(), str(exercise_id), current_person().id, body["to"], body.get("reason"))
    return {"id": state.id, "stage": state.stage, "version": state.version}


@blueprint.route("/exercises/<uuid:exercise_id>/releases", methods=["POST"])
@requires("exercise.release")
@blueprint.arguments(ReleaseForm)
@blueprint.response(200, ReleaseAnswer, description="Both have acted: it is released.")
@blueprint.alt_response(202, schema=ReleaseAnswer, description="One act is recorded; `missing` says whose is not.")
def release(body: dict[str, Any], exercise_id: UUID) -> tuple[dict[str, Any], int]:
    """Act for a release that lifts an embargo: one act of a lead and one of a representative."""
    _must_hold_a_key()
    wanted = Release(body["to"], body.get("wave"))
    done = exercises.give_key(service(), str(exercise_id), current_person().id, wanted)
    return _answer(done), 202 if done.missing else 200


@blueprint.route("/exercises/<uuid:exercise_id>/releases/<to>", methods=["DELETE"])
@requires("exercise.release")
@blueprint.arguments(TakeBackQuery, location="query")
@blueprint.response(200, ReleaseAnswer)
def take_back(query: dict[str, Any], exercise_id: UUID, to: str) -> dict[str, Any]:
    """Take one's own act back while the other is missing."""
    _must_hold_a_key()
    done = exercises.take_key_back(service(), str(exercise_id), current_person().id, Release(to, query.get("wave")))
    return _answer(done)


def _must_hold_a_key() -> None:
    """The table lets every volunteer knock; only the representative among them holds a key."""
    if "lead" not in g.grant.all_roles and not g.grant.representative:
        raise forbidden("Only a lead or a volunteers' representative can do this.")


def _answer(done: Released) -> dict[str, Any]:
    return {
        "exercise_id": done.exercise_id,
        "to": done.release.to,
        "wave": done.release.wave,
        "stage": done.stage,
        "released": not done.missing,
        "missing": list(done.missing),
    }


@blueprint.route("/exercises/<uuid:exercise_id>/closure", methods=["POST"])
@requires("exercise.close")
@blueprint.arguments(ClosureForm)
@blueprint.response(200, ClosureAnswer)
def close(body: dict[str, Any], exercise_id: UUID) -> dict[str, Any]:
    """Sign the formal closure: every record on the unwind list ticked, and a statement. Lead only."""
    signed = exercises.sign_closure(
        service(), str(exercise_id), current_person().id, body.get("unwind") or [], body["statement"]
    )
    return {
        "exercise_id": str(exercise_id),
        "unwind": list(signed.ticked),
        "statement": signed.statement,
        "signed_at": signed.at,
    }


@blueprint.route("/me")
@signed_in
@blueprint.response(200, MeAnswer)
def me() -> dict[str, Any]:
    """Person, roles, exercises, open assignments of the caller."""
    myself = seen.see_myself(service(), current_person().id)
    if myself["person"]["name"] is None:
        raise not_found()
    return myself
