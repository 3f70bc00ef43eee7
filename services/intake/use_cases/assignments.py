"""The volunteer's own word on what was asked of them: yes, another one please, or no. No reason is ever asked."""

from __future__ import annotations

from dataclasses import replace

from services.intake.domain.wellbeing import Act, move
from services.intake.store import assignments as store
from services.intake.store.assignments import Asked
from services.intake.use_cases.directory import timestamp
from services.intake.use_cases.wellbeing import going, keep
from shared.contracts.refusals import FieldError, invalid, not_found
from shared.runtime.service import Service

ANSWERS = ("accepted", "swap-asked", "declined")
_ACTS = {"accepted": Act.ACCEPT, "swap-asked": Act.ASK_SWAP, "declined": Act.DECLINE}


def answer_assignment(service: Service, person_id: str, assignment_id: str, answer: str) -> Asked:
    """Say yes, ask to swap, or say no to an assignment of one's own; it can be changed until one goes in.

    Raises Refusal: 404 for an assignment that is not one's own, 409 once inside, 422 for an answer that is none.
    """
    if answer not in ANSWERS:
        raise invalid([FieldError("/answer", f"must be one of: {', '.join(ANSWERS)}.")])
    now = timestamp(service.clock.now())
    with service.database.transaction(assignment_id) as tx:
        asked = store.assignment(tx, assignment_id)
        if asked is None or asked.volunteer != person_id:
            raise not_found()
        kept, begun = going(tx, asked)
        if not (begun and answer == "accepted"):
            after = replace(kept, trip=move(kept.trip, _ACTS[answer], service.clock.now()))
            if begun and after != kept:
                keep(tx, after, _ACTS[answer], "volunteer", service.clock.now())
        if asked.state != answer:
            store.answer(tx, assignment_id, answer, now)
        changed = store.assignment(tx, assignment_id)
        assert changed is not None
        return changed
