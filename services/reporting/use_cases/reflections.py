"""Hopes and worries of staff: said without a name, read by the lead or data keeper, then shown to all or held back."""

from __future__ import annotations

from uuid import uuid4

from services.reporting.store import reflections
from services.reporting.store.reflections import Reflection
from services.reporting.use_cases.members import member, reader
from shared.access.roles import HOST_ROLES
from shared.contracts.refusals import FieldError, forbidden, invalid, not_found
from shared.runtime.service import Service

KINDS = ("hope", "worry")
LONGEST = 1000


def say(service: Service, person_id: str, exercise_id: str, kind: str, words: str) -> None:
    """Leave a hope or a worry. Neither who nor when is kept. Raises Refusal: 404, 422."""
    errors = []
    if kind not in KINDS:
        errors.append(FieldError("/kind", "Choose hope or worry."))
    if not words.strip():
        errors.append(FieldError("/words", "Write something first."))
    if len(words) > LONGEST:
        errors.append(FieldError("/words", f"This is longer than {LONGEST:,} letters."))
    with service.database.transaction(()) as tx:
        reader(tx, service, person_id, exercise_id, "heard.read")
        if errors:
            raise invalid(errors)
        reflections.add(tx, Reflection(str(uuid4()), exercise_id, kind, words.strip(), "waiting"))


def let_through(service: Service, person_id: str, exercise_id: str, reflection_id: str, *, show: bool) -> None:
    """Show one to all, or hold it back. Raises Refusal: 404, 403."""
    with service.database.transaction(reflection_id) as tx:
        who = member(tx, service, person_id, exercise_id, "heard.read")
        if not who.roles & HOST_ROLES:
            raise forbidden("The lead or the data keeper decides this.")
        found = reflections.find(tx, reflection_id)
        if found is None or found.exercise_id != exercise_id:
            raise not_found()
        reflections.set_state(tx, reflection_id, "shown" if show else "held-back")
