"""The first page, by what somebody is: what waits for the host charity, one's visits, or one's exercises."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.intake.use_cases.today import Mine, Waits, today
from services.intake.web.api import service
from services.intake.web.buddy_pages import out_now_page
from services.intake.web.care_words import moment
from services.intake.web.dates import day
from services.intake.web.visit_home import home
from shared.access.roles import HOST_ROLES, Role
from shared.access.rules import embargoed, roles_allowed
from shared.web.gate import current_person, signed_in

blueprint = Blueprint("today", __name__)


@blueprint.get("/")
@signed_in
def page() -> ResponseReturnValue:
    """Today for a lead or data keeper, the next visit for a volunteer, exercises for everybody else."""
    mine = today(service(), current_person().id)
    both = Role.VOLUNTEER in mine.roles and bool(mine.roles & HOST_ROLES)
    if Role.VOLUNTEER in mine.roles and (not both or request.args.get("as") == Role.VOLUNTEER):
        return home()
    if mine.roles == {Role.BUDDY}:
        return out_now_page()
    tasks = [_task(waits) for waits in mine.waiting]
    if mine.roles & HOST_ROLES:
        return render_template(
            "intake/today.html",
            today=mine,
            tasks=tasks,
            may_plan=Role.LEAD in mine.roles,
            volunteers_too=both,
            heard=[each.exercise for each in mine.mine if _may_read_worries(each)],
        )
    return render_template(
        "intake/today_partner.html",
        today=mine,
        exercises=[_links(each) for each in mine.mine],
        tasks=tasks,
        may_answer=any(_may_answer(each) for each in mine.mine),
    )


def _may_answer(mine: Mine) -> bool:
    """Whether a manager may answer recommendations here now; what waits for them, only reporting knows."""
    return bool(roles_allowed("recommendations.move", mine.roles & {Role.MANAGER}, mine.exercise.stage))


def _may_read_worries(mine: Mine) -> bool:
    """Whether staff may leave hopes and worries here that somebody of the host reads before others do."""
    stage = mine.exercise.stage
    return not embargoed(stage) and bool(roles_allowed("heard.read", mine.roles & HOST_ROLES, stage))


def _task(waits: Waits) -> dict[str, object]:
    place = f"/exercises/{waits.exercise_id}"
    text, href = {
        "late": ("Somebody is late coming out", f"/out-now/{waits.words}"),
        "stopped": ("Somebody wants to hear from you", "/out-now"),
        "photos": ("Photos to check", "/words-and-photos"),
        "words": ("Words to read", "/words-and-photos?show=words"),
        "voices": ("Recordings to listen to", "/words-and-photos?show=voice"),
        "swap": ("Somebody would like to swap a visit", f"{place}/plan/assignments"),
        "declined": ("Somebody said no to a visit", f"{place}/plan/assignments"),
        "letters": ("A letter could not be sent", "/letters"),
        "release": ("A release waits for your yes", place),
        "may-move": (f"{waits.words} The next stage may begin", place),
    }[waits.kind]
    since = f"{waits.title}, since {day(waits.since)}" if waits.since else waits.title
    if waits.kind == "late":
        since = f"{waits.title}, expected out at {moment(waits.since)}"
    return {"text": text, "href": href, "since": since, "count": waits.count if waits.count > 1 else None}


def _links(mine: Mine) -> dict[str, object]:
    """An exercise of somebody from outside the charity, with the ways on that are open to them now.

    What their part in it is about stands first: for staff what was heard, for the working group what was asked for.
    """
    exercise, stage = mine.exercise, mine.exercise.stage
    links: dict[str, list[dict[str, str]]] = {"found": [], "asked": [], "heard": []}
    if roles_allowed("findings.read", mine.roles, stage):
        links["found"] = [
            {"text": f"What was found: {site.name}", "href": f"/findings/{exercise.id}/{site.id}"}
            for site in exercise.sites
        ]
    if roles_allowed("recommendations.read", mine.roles, stage):
        links["asked"] = [{"text": "Recommendations", "href": f"/recommendations?exercise_id={exercise.id}"}]
    if roles_allowed("heard.read", mine.roles, stage):
        links["heard"] = [{"text": "What we heard", "href": f"/reports/{exercise.id}"}]
    return {"exercise": exercise, "links": [link for kind in _order(mine.roles) for link in links[kind]]}


def _order(roles: frozenset[Role]) -> tuple[str, str, str]:
    if roles & {Role.MANAGER, Role.SPONSOR}:
        return "found", "asked", "heard"
    return ("asked", "heard", "found") if Role.WORKING_GROUP in roles else ("heard", "asked", "found")
