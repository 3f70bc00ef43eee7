"""What a plan still lacks, with what the plan itself does not hold: who said no, and who gave a number."""

from __future__ import annotations

from services.intake.domain.plan_missing import Missing, missing
from services.intake.store import assignments as assignment_store
from services.intake.store import wellbeing
from services.intake.use_cases.exercises import state_of
from services.intake.use_cases.plan import plan_of
from shared.runtime.service import Service


def missing_in(service: Service, exercise_id: str) -> list[Missing]:
    """Everything that the plan of this exercise lacks; nothing once it is closed. Raises Refusal (404)."""
    with service.database.reading() as tx:
        plan, state = plan_of(tx, exercise_id), state_of(tx, exercise_id)
        if state.stage == "closed":
            return []
        states = {asked.id: asked.state for asked in assignment_store.assignments_in(tx, exercise_id)}
        return missing(plan, states, wellbeing.with_number(tx, (person.id for person in plan.people)))
