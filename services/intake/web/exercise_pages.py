"""The page of an exercise and the acts on it: the next stage, the two signatures, the formal closure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.domain.exercise import Release
from services.intake.domain.exercise_coverage import VISITS_NEEDED
from services.intake.domain.exercise_next import what_happened
from services.intake.domain.plan_views import KNOW_THE_DAYS
from services.intake.forms.plan import ClosureForm, ReleaseForm, StageForm
from services.intake.use_cases import exercises
from services.intake.use_cases.exercise_page import ExercisePage, Signatures, exercise_page
from services.intake.use_cases.seen import note_read
from services.intake.web.api import service, viewer
from services.intake.web.dates import day
from services.intake.web.page_forms import chosen, read_form
from services.intake.web.plan_pages import still_missing
from shared.access.roles import HOST_ROLES, PARTNER_ROLES, Role
from shared.access.rules import embargoed, roles_allowed
from shared.access.stages import Stage
from shared.contracts.refusals import Refusal
from shared.web.gate import requires

_OUTSIDE = PARTNER_ROLES | {Role.WORKING_GROUP}

blueprint = Blueprint("exercises", __name__, url_prefix="/exercises/<uuid:exercise_id>")


@blueprint.get("")
@requires("exercise.read")
def page(exercise_id: UUID) -> ResponseReturnValue:
    """An exercise: its seven stages, who has to act, and for the host charity how far the field work is."""
    grant = g.grant
    host = bool(grant.all_roles & HOST_ROLES)
    found = exercise_page(service(), viewer())
    if host and embargoed(grant.exercise.stage):
        note_read(service(), viewer(), "the coverage of the visits")
    return render_template(
        "intake/exercise.html",
        exercise=found,
        exercise_id=str(exercise_id),
        host=host,
        # People of the partner are told the months of a round that is shared, never its days.
        knows_the_days=bool(KNOW_THE_DAYS & set(grant.all_roles)),
        lead=Role.LEAD in grant.all_roles,
        key_holder=Role.LEAD in grant.all_roles or grant.representative,
        # The partner waits for the two signatures, but it is not theirs to watch who signs when.
        releases=[] if grant.all_roles <= _OUTSIDE else [_drawn(release, found) for release in found.releases],
        rows=_rows(found),
        before_it_ends=_before_it_ends(found),
        missing=still_missing(exercise_id) if found.stage == Stage.PLAN and Role.LEAD in grant.all_roles else [],
        links=_links(),
    )


def _before_it_ends(page: ExercisePage) -> str:
    """What a lead should know before a move that ends something; empty for a move that ends nothing."""
    if page.next is None or not page.next.ends:
        return ""
    thin = sum(row.wave == 1 and bool(row.missing) for row in page.covered) if page.stage == "fieldwork" else 0
    visits = f" In {thin} {'building' if thin == 1 else 'buildings'}, visits are still missing for a fair picture."
    return f"{page.next.ends}{visits if thin else ''} If it was too soon, you can go back one stage, and say why."


def _drawn(signatures: Signatures, page: ExercisePage) -> dict[str, Any]:
    release, mine = signatures.release, signatures.mine
    wave = f", round {release.wave}" if release.wave else ""
    title = {"manager-review": "Let the managers read the draft", "shared": f"Share with all staff{wave}"}[release.to]
    lead = Role.LEAD in g.grant.all_roles
    return {
        "release": release,
        "title": title,
        "mine": mine,
        "visits_until": signatures.visits_until,
        "acts": [
            {"who": "A lead", "signed": day(signatures.lead_at) or None, "mine": mine and lead},
            {
                "who": "A volunteers’ representative",
                "signed": day(signatures.representative_at) or None,
                "mine": mine and g.grant.representative,
            },
        ],
    }


def _rows(page: ExercisePage) -> list[dict[str, Any]]:
    names = {site.id: site.name for site in page.plan.sites}
    return [
        {
            "site": names[row.site],
            "wave": row.wave,
            "done": row.done,
            "needed": VISITS_NEEDED,
            "volunteers": row.volunteers,
            "parts_of_day": row.parts_of_day,
            "missing": row.missing,
        }
        for row in page.covered
    ]


def _links() -> list[dict[str, str]]:
    """Where one can go from here, as far as the rules allow it today."""
    grant = g.grant
    exercise_id, stage, roles = grant.exercise.id, grant.exercise.stage, grant.all_roles
    links = []
    if roles_allowed("exercise.plan", roles, stage):
        links.append({"text": "Plan and people", "href": url_for("plan_pages.overview", exercise_id=exercise_id)})
    if roles_allowed("visits.read", roles, stage) and stage != "closed":
        links.append({"text": "The visits, without names", "href": f"/exercises/{exercise_id}/visits"})
    if roles_allowed("findings.read", roles, stage):
        links += [
            {"text": f"Findings: {site.name}", "href": f"/findings/{exercise_id}/{site.id}"}
            for site in grant.exercise.sites
        ]
    if roles_allowed("recommendations.read", roles, stage):
        links.append({"text": "Recommendations", "href": f"/recommendations?exercise_id={exercise_id}"})
    if roles_allowed("heard.read", roles, stage):
        links.append({"text": "What we heard, and documents", "href": f"/reports/{exercise_id}"})
    return links


def _back(exercise_id: UUID, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("exercises.page", exercise_id=exercise_id), 303)


@blueprint.get("/back")
@requires("exercise.move")
def ask_back(exercise_id: UUID) -> ResponseReturnValue:
    """Ask before the exercise goes back, and why."""
    found = exercise_page(service(), viewer())
    return render_template("intake/exercise_back.html", exercise=found, exercise_id=str(exercise_id))


@blueprint.post("/stage")
@requires("exercise.move")
def move(exercise_id: UUID) -> ResponseReturnValue:
    """Go to the next stage, or back by one with a reason."""
    body = read_form(StageForm, {"to": chosen("to"), "reason": chosen("reason")})
    try:
        exercises.move_exercise(service(), str(exercise_id), g.grant.person_id, body["to"], body.get("reason"))
    except Refusal as refused:
        if refused.status != 422:
            raise
        found = exercise_page(service(), viewer())
        fault = refused.errors[0].detail
        shown = render_template("intake/exercise_back.html", exercise=found, exercise_id=str(exercise_id), fault=fault)
        return shown, 422
    return _back(exercise_id, what_happened(g.grant.exercise.stage, body["to"]))


@blueprint.post("/releases")
@requires("exercise.release")
def release(exercise_id: UUID) -> ResponseReturnValue:
    """Say yes to a release with one's own key, or take that yes back."""
    wave = request.form.get("wave", "")
    asked = {"to": chosen("to"), "wave": int(wave) if wave.isascii() and wave.isdigit() and len(wave) < 5 else None}
    body = read_form(ReleaseForm, asked)
    wanted = Release(body["to"], body.get("wave"))
    if request.form.get("take_back"):
        exercises.take_key_back(service(), str(exercise_id), g.grant.person_id, wanted)
        return _back(exercise_id, "Your yes is taken back.")
    done = exercises.give_key(service(), str(exercise_id), g.grant.person_id, wanted)
    if done.missing:
        return _back(exercise_id, "Your yes is written down. Nothing opens until the other one has said yes too.")
    return _back(exercise_id, "Both have said yes. It is released.")


@blueprint.get("/closure")
@requires("exercise.close")
def ask_closure(exercise_id: UUID) -> ResponseReturnValue:
    """The formal closure: what must be unwound, and a statement."""
    return _closure_page(exercise_id)


@blueprint.post("/closure")
@requires("exercise.close")
def close(exercise_id: UUID) -> ResponseReturnValue:
    """Sign the closure."""
    ticked, statement = request.form.getlist("unwind"), request.form.get("statement", "").strip()
    try:
        body = read_form(ClosureForm, {"unwind": ticked, "statement": statement})
        exercises.sign_closure(service(), str(exercise_id), g.grant.person_id, body["unwind"], body["statement"])
    except Refusal as refused:
        if refused.status != 422:
            raise
        return _closure_page(exercise_id, refused, ticked, statement), 422
    return _back(exercise_id, "The closure is signed. The exercise can be closed now.")


def _closure_page(
    exercise_id: UUID, refused: Refusal | None = None, ticked: list[str] | None = None, statement: str = ""
) -> str:
    found = exercise_page(service(), viewer())
    signed = found.closure
    errors = [
        {"name": "statement", "text": _about_statement(fault.detail)}
        if fault.pointer == "/statement"
        else {"name": "unwind", "text": fault.detail}
        for fault in (refused.errors if refused else ())
    ]
    return render_template(
        "intake/exercise_closure.html",
        exercise=found,
        exercise_id=str(exercise_id),
        ticked=ticked if ticked is not None else (signed.ticked if signed else ()),
        statement=statement or (signed.statement if signed else ""),
        errors=errors,
        beside={error["name"]: error["text"] for error in reversed(errors)},
    )


def _about_statement(detail: str) -> str:
    return "Say how the exercise ended, and who confirmed it." if "empty" in detail else f"The statement {detail}"


@blueprint.get("/notice")
@requires("exercise.plan")
def notice(exercise_id: UUID) -> ResponseReturnValue:
    """The notice for staff of an exercise that is announced in general; it tells no day and no person."""
    found = exercise_page(service(), viewer())
    return render_template("intake/exercise_notice.html", exercise=found, exercise_id=str(exercise_id))
