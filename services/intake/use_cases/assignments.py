"""The volunteer's own word on what was asked of them: yes, another one please, or no. No reason is ever asked."""

from __future__ import annotations

from services.intake.store import assignments as store
from services.intake.store.assignments import Asked
from services.intake.use_cases.directory import timestamp
from shared.contracts.refusals import FieldError, invalid, not_found
from shared.runtime.service import Service

ANSWERS = ("accepted", "swap-asked", "declined")


def answer_assignment(service: Service, person_id: str, assignment_id: str, answer: str) -> Asked:
    """Say yes, ask to swap, or say no to an assignment of one's own; it can be changed at any time.

    Raises Refusal: 404 for an assignment that is not one's own, 422 for an answer that is none.
    """
    if answer not in ANSWERS:
        raise invalid([FieldError("/answer", f"must be one of: {', '.join(ANSWERS)}.")])
    now = timestamp(service.clock.now())
    with service.database.transaction(assignment_id) as tx:
        asked = store.assignment(tx, assignment_id)
        if asked is None or asked.volunteer != person_id:
            raise not_found()
        if asked.state != answer:
            store.answer(tx, assignment_id, answer, now)
        changed = store.assignment(tx, assignment_id)
        assert changed is not None
        return changed
