"""One site, one scenario, one person of a plan, each on a page of its own that saves by itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.domain.plan import CHANNELS, ROLES, ZONES, as_file
from services.intake.domain.plan_conflicts import still_used
from services.intake.use_cases import letters, people
from services.intake.use_cases.directory import new_id
from services.intake.use_cases.plan_changes import plan_and_version, with_entry, without_entry
from services.intake.web.api import service
from services.intake.web.page_forms import chosen, lines
from services.intake.web.plan_editing import beside, dropped, faults_of, save, saved
from shared.contracts.refusals import FieldError, Refusal, invalid, not_found
from shared.web.gate import current_person, requires

blueprint = Blueprint("plan_entries", __name__, url_prefix="/exercises/<uuid:exercise_id>/plan")
_NEW = "new"
_PAGES = {
    "sites": "intake/plan_site.html",
    "scenarios": "intake/plan_scenario.html",
    "people": "intake/plan_person.html",
}


@blueprint.get("/<any(sites, scenarios, people):section>/<entry_id>")
@requires("exercise.plan")
def entry(exercise_id: UUID, section: str, entry_id: str) -> ResponseReturnValue:
    """The page of one entry, or an empty one for `new`."""
    return _page(exercise_id, section, entry_id)


@blueprint.post("/<any(sites, scenarios, people):section>/<entry_id>")
@requires("exercise.plan")
def save_entry(exercise_id: UUID, section: str, entry_id: str) -> ResponseReturnValue:
    """Keep one entry, or take it out."""
    own_id = new_id() if entry_id == _NEW else entry_id
    if request.form.get("remove"):
        refused = _still_used(exercise_id, section, own_id)
        refused = refused or save(exercise_id, lambda file: without_entry(file, section, own_id))
    else:
        given = {"id": own_id, **_given(section)}
        refused = save(exercise_id, lambda file: with_entry(file, section, given))
    if refused:
        return _page(exercise_id, section, entry_id, refused), 422
    if own_id == current_person().id and not _leads(exercise_id, own_id):
        flash("Saved. You do not lead that exercise any more.")
        return redirect("/", 303)
    if section == "people" and entry_id == _NEW:
        flash(f"{chosen('name')} is in the plan. You can make their sign-in link here.")
        return redirect(url_for("plan_entries.entry", exercise_id=exercise_id, section=section, entry_id=own_id), 303)
    return saved(exercise_id)


def _still_used(exercise_id: UUID, section: str, entry_id: str) -> Refusal | None:
    """Why an entry cannot be taken out yet: what of “who goes where” still names it."""
    plan, _ = plan_and_version(service(), str(exercise_id))
    used = still_used(plan, section, entry_id)
    return invalid([FieldError("", each) for each in used]) if used else None


def _leads(exercise_id: UUID, person_id: str) -> bool:
    plan, _ = plan_and_version(service(), str(exercise_id))
    kept = plan.person(person_id)
    return kept is not None and "lead" in kept.roles


def _given(section: str) -> dict[str, Any]:
    if section == "sites":
        return {
            "name": chosen("name") or "",
            "zones": [zone for zone in ZONES if zone in request.form.getlist("zones")],
            "photos_allowed": request.form.get("photos_allowed") == "true",
        }
    if section == "people":
        return {
            "name": chosen("name") or "",
            "roles": [role for role in ROLES if role in request.form.getlist("roles")],
            "representative": request.form.get("representative") == "true",
        }
    words = ("character", "opening_line", "safe_letter", "pair")
    return dropped(
        {
            "title": chosen("title") or "",
            "channel": chosen("channel") or "",
            "stop_line": chosen("stop_line") or "",
            **{name: chosen(name) for name in words},
            "facts": lines("facts") or None,
            "will_not_say": lines("will_not_say") or None,
            "unwind": lines("unwind"),
        }
    )


def _page(exercise_id: UUID, section: str, entry_id: str, refused: Refusal | None = None, **more: Any) -> str:
    plan, version = plan_and_version(service(), str(exercise_id))
    kept = next((each for each in as_file(plan)[section] if each["id"] == entry_id), None)
    if kept is None and entry_id != _NEW:
        raise not_found()
    values = {**(kept or {}), **_given(section)} if refused and not request.form.get("remove") else kept or {}
    faults = faults_of(refused, section)
    is_person = section == "people" and kept is not None
    return render_template(
        _PAGES[section],
        plan=plan,
        version=version,
        exercise_id=str(exercise_id),
        entry_id=entry_id,
        values=values,
        is_new=kept is None,
        zones=ZONES,
        roles=ROLES,
        channels=CHANNELS,
        errors=faults,
        beside=beside(faults),
        may_link=is_person and people.may_invite_as(service(), current_person().id, entry_id),
        may_write=is_person and letters.may_invite(service(), entry_id),
        **more,
    )


@blueprint.post("/people/<uuid:person_id>/link")
@requires("exercise.plan")
def invite(exercise_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Make a sign-in link for a person of this plan; it is shown once."""
    _must_be_listed(exercise_id, person_id)
    link = people.invite_as(service(), current_person().id, str(exercise_id), str(person_id))
    return _page(exercise_id, "people", str(person_id), link=link, days=people.LINK_DAYS)


@blueprint.post("/people/<uuid:person_id>/letter")
@requires("exercise.plan")
def send_link(exercise_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Have a sign-in link sent to the address that a person of this plan gave; nobody sees either."""
    _must_be_listed(exercise_id, person_id)
    letters.send_invitation(service(), current_person().id, str(exercise_id), str(person_id))
    return _page(exercise_id, "people", str(person_id), letter=True)


@blueprint.post("/people/<uuid:person_id>/revoke")
@requires("exercise.plan")
def revoke(exercise_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Take every link and token of a person of this plan back."""
    _must_be_listed(exercise_id, person_id)
    count = people.revoke_all_as(service(), current_person().id, str(exercise_id), str(person_id))
    return _page(exercise_id, "people", str(person_id), revoked=count)


def _must_be_listed(exercise_id: UUID, person_id: UUID) -> None:
    plan, _ = plan_and_version(service(), str(exercise_id))
    if plan.person(str(person_id)) is None:
        raise not_found()
