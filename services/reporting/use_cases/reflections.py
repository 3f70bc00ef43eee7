"""Hopes and worries of staff: said without a name, read by the lead or data keeper, then shown to all or held back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import uuid4

from sqlalchemy import Connection

from services.reporting.store import reflections
from services.reporting.store.reflections import Reflection
from services.reporting.use_cases.members import Member, member, reader
from shared.access.roles import HOST_ROLES
from shared.contracts.refusals import FieldError, Refusal, conflict, forbidden, invalid, not_found
from shared.runtime.service import Service

KINDS = ("hope", "worry")
LONGEST = 1000


def look_at(service: Service, person_id: str, exercise_id: str, kind: str, words: str) -> Member:
    """Whether a hope or a worry could be said, nothing kept. Raises Refusal: 404, 422."""
    with service.database.reading() as tx:
        return _may_say(tx, service, person_id, exercise_id, kind, words)


def say(
    service: Service, person_id: str, exercise_id: str, kind: str, words: str, *, instead_of: str | None = None
) -> str:
    """Leave a hope or a worry; returns its id. Neither who nor when is kept.

    `instead_of`: one that its writer said before, and nobody has decided about. Raises Refusal: 404, 409, 422.
    """
    with service.database.transaction(instead_of or ()) as tx:
        _may_say(tx, service, person_id, exercise_id, kind, words)
        if instead_of is not None:
            if not reflections.change_waiting(tx, _of_exercise(tx, exercise_id, instead_of), kind, words.strip()):
                raise _decided()
            return instead_of
        said = Reflection(str(uuid4()), exercise_id, kind, words.strip(), "waiting")
        reflections.add(tx, said)
        return said.id


def take_back(service: Service, person_id: str, exercise_id: str, reflection_id: str) -> Reflection:
    """Take a hope or a worry away while nobody has decided about it; returns what it said.

    Who said it is not kept, so whoever calls this knows the id from its writer alone. Raises Refusal: 404, 409.
    """
    with service.database.transaction(reflection_id) as tx:
        reader(tx, service, person_id, exercise_id, "heard.read")
        found = reflections.find(tx, _of_exercise(tx, exercise_id, reflection_id))
        if found is None or not reflections.remove_waiting(tx, found.id):
            raise _decided()
        return found


def still_waiting(service: Service, exercise_id: str, reflection_ids: Collection[str]) -> list[Reflection]:
    """Those of these, of this exercise, that nobody has decided about."""
    with service.database.reading() as tx:
        found = [reflections.find(tx, one) for one in reflection_ids]
    return [one for one in found if one and one.exercise_id == exercise_id and one.state == "waiting"]


def _may_say(tx: Connection, service: Service, person_id: str, exercise_id: str, kind: str, words: str) -> Member:
    who = reader(tx, service, person_id, exercise_id, "heard.read")
    errors = []
    if kind not in KINDS:
        errors.append(FieldError("/kind", "Choose hope or worry."))
    if not words.strip():
        errors.append(FieldError("/words", "Write something first."))
    if len(words) > LONGEST:
        errors.append(FieldError("/words", f"This is longer than {LONGEST:,} letters."))
    if errors:
        raise invalid(errors)
    return who


def _of_exercise(tx: Connection, exercise_id: str, reflection_id: str) -> str:
    found = reflections.find(tx, reflection_id)
    if found is None or found.exercise_id != exercise_id:
        raise _decided()
    return found.id


def _decided() -> Refusal:
    return conflict("already-decided", "Somebody of the charity has decided about it, so it stays as it is.")


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
