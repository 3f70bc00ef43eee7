"""People and what proves who they are. The only module that reads or writes somebody's name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from services.intake.domain.people_of_others import Known
from services.intake.store import tables as t
from shared.access.credentials import Purpose


@dataclass(frozen=True, slots=True)
class Kept:
    """A credential as it was issued; what it opens is signed, only its id is kept."""

    id: str
    person_id: str
    purpose: str
    made_at: str
    expires_at: str
    revoked_at: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """The last link that was made for somebody on the plan of one exercise. `used`: they came in by it."""

    made_at: str
    expires_at: str
    revoked_at: str | None
    used: bool


def name(tx: Connection, person_id: str) -> str | None:
    """The person's name, or None when we do not know them, or no longer."""
    return tx.execute(select(t.people.c.name).where(t.people.c.id == person_id)).scalar() or None


def memberships(tx: Connection, person_id: str) -> list[dict[str, Any]]:
    """All exercises the person belongs to, as the directory tells it."""
    query = select(t.memberships).where(t.memberships.c.person_id == person_id).order_by(t.memberships.c.exercise_id)
    return [
        {"exercise_id": row.exercise_id, "roles": list(row.roles), "representative": row.representative}
        for row in tx.execute(query)
    ]


def known(tx: Connection, person_ids: Iterable[str]) -> dict[str, Known]:
    """Those among these people whom we know already, by id."""
    query = (
        select(t.people.c.id, t.people.c.name, t.memberships.c.exercise_id)
        .outerjoin(t.memberships, t.memberships.c.person_id == t.people.c.id)
        .where(t.people.c.id.in_(list(person_ids)))
    )
    found: dict[str, Known] = {}
    for row in tx.execute(query):
        held = found.get(row.id, Known(row.name, frozenset()))
        here = {row.exercise_id} if row.exercise_id is not None else frozenset()
        found[row.id] = Known(held.name, held.exercises | here)
    return found


def next_version(tx: Connection, person_id: str) -> int:
    """Count up what others were told of this person."""
    grown = (tx.execute(select(t.people.c.version).where(t.people.c.id == person_id)).scalar() or 0) + 1
    tx.execute(update(t.people).where(t.people.c.id == person_id).values(version=grown))
    return grown


def add_credential(tx: Connection, kept: Kept, made_in: str | None = None) -> None:
    """Remember that a token or a link was issued. `made_in`: the exercise on whose plan a lead made it."""
    values = {"person_id": kept.person_id, "purpose": kept.purpose, "made_at": kept.made_at, "made_in": made_in}
    tx.execute(insert(t.credentials).values(id=kept.id, expires_at=kept.expires_at, **values))


def links_made_in(tx: Connection, exercise_id: str) -> dict[str, Made]:
    """Person id → the last link that was made on the plan of this exercise. Links in letters are not among them."""
    query = select(t.credentials).where(t.credentials.c.made_in == exercise_id).order_by(t.credentials.c.made_at)
    return {
        row.person_id: Made(row.made_at, row.expires_at, row.revoked_at, bool(row.used)) for row in tx.execute(query)
    }


def is_first_use(tx: Connection, credential_id: str) -> bool:
    """Whether this link was made on a plan, and nobody came in by it yet."""
    t_ = t.credentials.c
    query = select(t_.id).where(t_.id == credential_id, t_.made_in.is_not(None), t_.used.is_(None))
    return tx.execute(query).first() is not None


def mark_used(tx: Connection, credential_id: str) -> None:
    """Somebody came in by this link. When, and how often, is not kept."""
    tx.execute(update(t.credentials).where(t.credentials.c.id == credential_id).values(used=True))


def good_credentials(tx: Connection, person_id: str, now: str, sessions_since: str) -> list[Kept]:
    """Credentials of the person that still open something, newest first.

    A link opens nothing more after its time, but a session that came of it before may go on: so those count that were
    good after `sessions_since`.
    """
    query = select(t.credentials).where(
        t.credentials.c.person_id == person_id,
        t.credentials.c.revoked_at.is_(None),
        or_(
            t.credentials.c.expires_at > now,
            and_(t.credentials.c.purpose == Purpose.LINK, t.credentials.c.expires_at > sessions_since),
        ),
    )
    rows = tx.execute(query.order_by(t.credentials.c.made_at.desc()))
    return [Kept(r.id, r.person_id, r.purpose, r.made_at, r.expires_at, r.revoked_at) for r in rows]


def revoke(tx: Connection, credential_id: str, at: str) -> None:
    """Mark a credential as taken back."""
    tx.execute(update(t.credentials).where(t.credentials.c.id == credential_id).values(revoked_at=at))


def forget_name(tx: Connection, person_id: str) -> None:
    """Keep of this person nothing but an id, which records of acts point at."""
    tx.execute(update(t.people).where(t.people.c.id == person_id).values(name=""))


def set_roles(tx: Connection, exercise_id: str, person_id: str, roles: list[str]) -> None:
    """Keep these of somebody's roles in an exercise; with none, they do not belong to it any more."""
    here = (t.memberships.c.exercise_id == exercise_id, t.memberships.c.person_id == person_id)
    if roles:
        tx.execute(update(t.memberships).where(*here).values(roles=roles, representative=False))
    else:
        tx.execute(delete(t.memberships).where(*here))


def roles_in(tx: Connection, exercise_id: str) -> dict[str, list[str]]:
    """Everybody who belongs to an exercise, with their roles."""
    query = select(t.memberships.c.person_id, t.memberships.c.roles).where(t.memberships.c.exercise_id == exercise_id)
    return {row.person_id: list(row.roles) for row in tx.execute(query)}
