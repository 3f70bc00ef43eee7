"""What every page of the plan does alike: save one piece, and show what was wrong beside the field."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.use_cases.plan_changes import PlanFile, change_plan
from services.intake.web.api import service
from shared.contracts.refusals import Refusal
from shared.web.gate import current_person

_LABELS = {
    "name": "Name",
    "title": "Title",
    "kind": "Kind",
    "mode": "Are staff told?",
    "sponsor_decision": "The sponsor’s decision",
    "on": "Date of the decision",
    "reason": "Reason",
    "zones": "Parts of the building",
    "roles": "Roles",
    "representative": "Representative",
    "stop_line": "Where to stop",
    "channel": "How do they get in touch?",
    "opening_line": "Opening line",
    "opens": "First day",
    "closes": "Last day",
    "number": "Number",
    "volunteer": "Volunteer",
    "site": "Site",
    "wave": "Round",
    "scenario": "Scenario",
    "buddy": "Buddy",
}


def save(exercise_id: UUID, edit: Callable[[PlanFile], PlanFile]) -> Refusal | None:
    """Save one piece of the plan; what was wrong with it, or None."""
    seen = request.form.get("version", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1
    try:
        change_plan(service(), current_person().id, str(exercise_id), version, edit)
    except Refusal as refused:
        if refused.errors:
            return refused
        raise
    return None


def saved(exercise_id: UUID, endpoint: str = "plan_pages.overview") -> ResponseReturnValue:
    """Back to a page of the plan, saying that it is saved."""
    flash("Saved.")
    return redirect(url_for(endpoint, exercise_id=exercise_id), 303)


def faults_of(refused: Refusal | None, section: str = "") -> list[dict[str, str]]:
    """Each fault with the name of its field; faults of other parts of the plan have no field on this page."""
    found: list[dict[str, str]] = []
    for fault in refused.errors if refused else ():
        name = field_name(fault.pointer, section)
        if name and any(name == earlier["name"] for earlier in found):
            continue  # one thing at a time: that a field is empty is said already
        label = _LABELS.get(name.split("-")[-1], name.replace("_", " ").capitalize())
        if not fault.pointer:
            found.append({"name": "", "text": fault.detail})
            continue
        elsewhere = re.sub(r"/.*", "", fault.pointer.lstrip("/")).capitalize()
        found.append({"name": name, "text": on_page(label or elsewhere, fault.detail)})
    return found


_ON_PAGE = (
    ("must be one of", "choose one."),
    ("may not be empty", "please fill this in."),
    ("is missing", "please fill this in."),
    ("needs at least one", "tick at least one."),
    ("must be a date", "this must be a day, such as 1 October 2026."),
    ("must be a UUID", "choose one."),
)


def on_page(label: str, detail: str) -> str:
    """A fault in the words of a page, where the wire's own words speak to programs."""
    words = next((said for begins, said in _ON_PAGE if detail.startswith(begins)), detail)
    return f"{label} {words[0].upper()}{words[1:]}" if label.endswith("?") else f"{label}: {words}"


def field_name(pointer: str, section: str) -> str:
    """The field a pointer leads to: `/sites/1/name` is `name` on the page of a site, nothing on another page."""
    match = re.match(rf"/{section}/\d+/(\w+)", pointer) if section else re.match(r"/(?:exercise|partner)/(.+)", pointer)
    return match.group(1).replace("/", "-") if match else ""


def beside(faults: list[dict[str, str]]) -> dict[str, str]:
    """Field name → sentence, for the fault beside the field."""
    return {fault["name"]: fault["text"] for fault in faults if fault["name"]}


def dropped(values: dict[str, Any]) -> dict[str, Any]:
    """The values without those that were left empty."""
    return {name: value for name, value in values.items() if value is not None}
