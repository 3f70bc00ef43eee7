"""Who may write and change which part of a recommendation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from services.reporting.domain.careful_words import describes_a_person
from services.reporting.domain.recommendation import BEFORE_SHARED, Recommendation
from shared.contracts.instruments import load, published
from shared.contracts.refusals import FieldError, conflict, forbidden, invalid

GROUP = frozenset({"lead", "volunteer"})
OWNER_FIELDS = frozenset({"owner_post", "due", "progress"})
"""What the partner's manager may change once it was shared; the words of the recommendation are not theirs."""

GROUP_FIELDS_LATER = frozenset({"baseline", "progress", "effort", "difference", "pie_area"})
_FINISHED = frozenset({"not-accepted", "verified", "kept-up", "no-longer-relevant"})


def check_written(recommendation: Recommendation, findings_of_site: Collection[str]) -> None:
    """Hold a new or changed recommendation to the rules. Raises Refusal (422).

    It needs at least one finding or an idea in words (domain.md §5), only findings of its own site, and no words
    that point at one person.
    """
    errors = [
        FieldError(f"/findings/{place}", "There is no such finding for this site.")
        for place, finding in enumerate(recommendation.findings)
        if finding not in findings_of_site
    ]
    errors += [
        FieldError(f"/items/{place}", "There is no such question in any published form.")
        for place, code in enumerate(recommendation.items)
        if not _is_asked(code)
    ]
    if not recommendation.findings and not recommendation.why.strip():
        errors.append(FieldError("/findings", "Link at least one finding, or say the idea in “why”."))
    for name in ("title", "why", "owner_post", "baseline", "progress"):
        if told := describes_a_person(getattr(recommendation, name) or ""):
            errors.append(FieldError(f"/{name}", told))
    if errors:
        raise invalid(errors, detail=errors[0].detail)


def _is_asked(code: str) -> bool:
    return code.startswith("X-") or any(load(name, version).find(code) for name, version in published())


def changed(recommendation: Recommendation, changes: Mapping[str, Any], roles: Collection[str]) -> Recommendation:
    """The recommendation with `changes` made.

    Raises Refusal: 403 when they are not this person's to make, 409 when nobody may make them any more.
    """
    held = frozenset(roles)
    before_shared = recommendation.status in BEFORE_SHARED
    group = GROUP & held
    allowed: set[str] = set()
    if group:
        allowed |= set(changes) if before_shared else GROUP_FIELDS_LATER
    if "manager" in held and not before_shared and recommendation.status not in _FINISHED:
        allowed |= OWNER_FIELDS
    refused = set(changes) - allowed
    if refused and not group and "manager" not in held:
        raise forbidden("You can read this, but it is not yours to change.")
    if refused and not before_shared and not group and refused - OWNER_FIELDS:
        raise forbidden("The owner may change the post, the date and the progress; the words belong to the group.")
    if refused and group and not before_shared and refused <= OWNER_FIELDS:
        raise forbidden("Once it was shared, the owner says by when and by which post.")
    if refused:
        raise conflict(
            "already-shared",
            "It was shared with the partner, so its words stay as they are.",
            fields=sorted(refused),
        )
    return replace(recommendation, **changes)
