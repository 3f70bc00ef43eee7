"""Giving people a way in: tokens for programs, invitation links for browsers, and taking either back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.intake import announce
from services.intake.domain.people_of_others import Planner, may_act_for
from services.intake.store import access_acts
from services.intake.store import people as store
from services.intake.store.people import Kept
from services.intake.use_cases.directory import new_id, tell, timestamp
from shared.access import credentials
from shared.access.audited import AT_THE_MACHINE
from shared.access.credentials import SESSION_LASTS, Credential, Purpose
from shared.access.roles import Role
from shared.contracts.refusals import FieldError, forbidden, invalid, not_found
from shared.runtime.service import Service

TOKEN_DAYS = 90
LINK_DAYS = 14
MOST_DAYS = 3660


def create_token(service: Service, person_id: str, days: int = TOKEN_DAYS) -> str:
    """A token for the API that carries this person's roles, good for `days` days. Shown once, kept nowhere.

    That it was made here at the machine stands in the audit of each of their exercises. Raises Refusal: 404 for
    somebody we do not know, 422 for a number of days that is none.
    """
    return create_tokens(service, [person_id], days)[person_id]


def create_tokens(service: Service, person_ids: Iterable[str], days: int = TOKEN_DAYS) -> dict[str, str]:
    """A token for each of these people: person id → token. Raises Refusal like `create_token`."""
    with service.database.transaction(()) as tx:
        made = {person_id: _issue(service, tx, person_id, Purpose.TOKEN, days) for person_id in person_ids}
        for person_id in made:
            _note(service, tx, person_id, access_acts.TOKEN)
        return made


def invite(service: Service, person_id: str, days: int = LINK_DAYS) -> str:
    """A sign-in link that is made at the machine, good for `days` days and until it is revoked. Raises as above."""
    with service.database.transaction(()) as tx:
        made = link(service, tx, person_id, days)
        _note(service, tx, person_id, access_acts.LINK)
        return made


def _note(service: Service, tx: Connection, person_id: str, act: str, ways: int = 1) -> None:
    at = timestamp(service.clock.now())
    for one in store.memberships(tx, person_id.lower()):
        access_acts.record(tx, one["exercise_id"], AT_THE_MACHINE, act, person_id.lower(), at, ways)


def invite_as(service: Service, planner_id: str, exercise_id: str, person_id: str, days: int = LINK_DAYS) -> str:
    """A sign-in link that a lead makes on the plan of an exercise, for somebody in it. Raises Refusal like `invite`.

    Also 403 when that person is in an exercise that this lead does not lead: a link opens that one, too. The sentence
    does not say so, for where else somebody is, is not this lead's to know.
    """
    with service.database.transaction(()) as tx:
        if not _may_act_for(tx, planner_id, person_id):
            raise forbidden(
                "You cannot make a link for this person. Have one sent to their own address, or ask whoever runs Open "
                "Door for one.",
                "not-yours-alone",
            )
        made = link(service, tx, person_id, days, made_in=exercise_id)
        at = timestamp(service.clock.now())
        access_acts.record(tx, exercise_id, planner_id, access_acts.LINK, person_id, at)
        return made


def links_of_plan(service: Service, exercise_id: str) -> dict[str, str]:
    """Person id → how the last link stands that was made on this plan: made, used or ended. Nobody else is in it."""
    now = timestamp(service.clock.now())
    with service.database.reading() as tx:
        made = store.links_made_in(tx, exercise_id)

    def standing(link_: store.Made) -> str:
        if link_.revoked_at is not None or link_.expires_at <= now:
            return "ended"
        return "used" if link_.used else "made"

    return {person_id: standing(each) for person_id, each in made.items()}


def may_invite_as(service: Service, planner_id: str, person_id: str) -> bool:
    """Whether `invite_as` would make a link."""
    with service.database.reading() as tx:
        return _may_act_for(tx, planner_id, person_id)


def _may_act_for(tx: Connection, planner_id: str, person_id: str) -> bool:
    held = store.known(tx, [person_id]).get(person_id)
    return held is not None and may_act_for(planner(tx, planner_id), person_id, held.exercises)


def planner(tx: Connection, person_id: str) -> Planner:
    """This person as somebody who plans, with the exercises they lead."""
    listed = store.memberships(tx, person_id)
    return Planner(person_id, frozenset(one["exercise_id"] for one in listed if Role.LEAD in one["roles"]))


def link(service: Service, tx: Connection, person_id: str, days: int, made_in: str | None = None) -> str:
    """A sign-in link within a transaction of the caller's. Raises Refusal (404, 422)."""
    text = _issue(service, tx, person_id, Purpose.LINK, days, made_in)
    return f"{service.settings.public_url.rstrip('/')}/sign-in/{text}"


def _issue(
    service: Service, tx: Connection, person_id: str, purpose: Purpose, days: int, made_in: str | None = None
) -> str:
    person_id = person_id.lower()
    if store.name(tx, person_id) is None:
        raise not_found()
    if not 1 <= days <= MOST_DAYS:
        raise invalid([FieldError("/days", f"must be from 1 to {MOST_DAYS}.")])
    now = service.clock.now()
    credential = Credential(person_id, new_id(), now + timedelta(days=days))
    kept = Kept(credential.credential_id, person_id, purpose, timestamp(now), timestamp(credential.expires), None)
    store.add_credential(tx, kept, made_in)
    return credentials.issue(service.settings.signing_key, purpose, credential)


def revoke_all(service: Service, person_id: str) -> int:
    """Take every way in of one person back, and every session that came of one; how many ways there were.

    That it was done here at the machine stands in the audit of each of their exercises. Raises Refusal 404 for somebody
    we do not know.
    """
    with service.database.transaction() as tx:
        person_id = person_id.lower()
        if store.name(tx, person_id) is None:
            raise not_found()
        count = take_all_back(tx, person_id, service.clock.now())
        if count:
            _note(service, tx, person_id, access_acts.BACK, count)
        return count


def revoke_all_as(service: Service, planner_id: str, exercise_id: str, person_id: str) -> int:
    """The same by a lead on the plan of an exercise, in whose audit it stands; how many ways there were."""
    with service.database.transaction() as tx:
        count = take_all_back(tx, person_id, now := service.clock.now())
        if count:
            access_acts.record(tx, exercise_id, planner_id, access_acts.BACK, person_id, timestamp(now), count)
        return count


def take_all_back(tx: Connection, person_id: str, now: datetime) -> int:
    """The same within a transaction of the caller's."""
    good = store.good_credentials(tx, person_id, timestamp(now), timestamp(now - SESSION_LASTS))
    for kept in good:
        store.revoke(tx, kept.id, timestamp(now))
        tell(tx, announce.credential_revoked(kept.id, event_id=new_id(), now=now))
    return len(good)
