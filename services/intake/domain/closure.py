"""The formal closure: nothing is archived before every dummy record it set off is closed again (domain.md §4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from services.intake.domain.plan import Plan
from shared.contracts.refusals import FieldError


def to_unwind(plan: Plan) -> list[str]:
    """Every record that the sponsor must close, once each, in the order of the scenarios."""
    return list(dict.fromkeys(item for scenario in plan.scenarios for item in scenario.unwind))


def closure_faults(needed: Iterable[str], ticked: Collection[str], statement: str) -> list[FieldError]:
    """What is still missing before the closure can be signed; nothing when it is complete."""
    needed = list(needed)
    faults = [FieldError("/unwind", f"Not ticked off yet: {item}") for item in needed if item not in set(ticked)]
    faults += [
        FieldError(f"/unwind/{place}", "This is not on the unwind list.")
        for place, item in enumerate(ticked)
        if item not in needed
    ]
    if not statement.strip():
        faults.append(FieldError("/statement", "Say in a few words how the exercise ended and who confirmed it."))
    return faults
