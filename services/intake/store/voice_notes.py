"""What we have of each voice note, what a second person wrote down of it, and when it was erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, or_, select, update

from services.intake.domain.voice_note import Heard, ListedVoice, VoiceState
from services.intake.store.photos import WITHDRAWN, was_withdrawn
from services.intake.store.visit_tables import drafts, visits, voice_notes
from shared.storage.prepared import Prepared

_OF_VISIT = Prepared(select(voice_notes).where(voice_notes.c.visit_id == bindparam("visit")))
_LISTED = Prepared(
    select(voice_notes.c.state).where(voice_notes.c.visit_id == bindparam("visit"), voice_notes.c.listed)
)


@dataclass(frozen=True, slots=True)
class VoiceNote:
    """A voice note as it stands. `written` is what a second person wrote down of it."""

    visit_id: str
    voice_id: str
    volunteer_key: str
    exercise_id: str
    listed: bool
    may_use: bool
    may_quote: bool
    sha256: str
    media_type: str
    size: int
    seconds: int
    zone: str | None
    stage: str | None
    item: str | None
    state: str
    code: str | None
    why: str | None
    safe_at: str | None
    heard: str
    heard_at: str | None
    written: str | None
    erased_at: str | None
    erased_why: str | None


@dataclass(frozen=True, slots=True)
class Before:
    """The moments by which a recording must go: dealt with, held back, left out, or come and heard by nobody."""

    dealt_with: str
    held_back: str
    raw_notes: str


def key_of(sha256: str) -> str:
    """Where the bytes lie, out of reach of any page but the queue's and the volunteer's own."""
    return f"voices/{sha256}"


def voice_note(tx: Connection, visit_id: str, voice_id: str) -> VoiceNote | None:
    """The voice note of that id in that visit, or None."""
    query = select(voice_notes).where(voice_notes.c.visit_id == visit_id, voice_notes.c.voice_id == voice_id)
    row = tx.execute(query).first()
    return None if row is None else VoiceNote(*row)


def voice_notes_of(tx: Connection, visit_id: str) -> list[VoiceNote]:
    """Every voice note that this visit has or had."""
    return [VoiceNote(*row) for row in _OF_VISIT.rows(tx, {"visit": visit_id})]


def released_of(tx: Connection, visit_ids: Sequence[str]) -> list[VoiceNote]:
    """The voice notes of these visits whose writing a second person let through."""
    query = select(voice_notes).where(
        voice_notes.c.visit_id.in_(visit_ids), voice_notes.c.listed, voice_notes.c.heard == Heard.RELEASED
    )
    return [VoiceNote(*row) for row in tx.execute(query)]


def listed_states(tx: Connection, visit_id: str) -> list[str]:
    """The states of the voice notes that the visit names now."""
    return [row.state for row in _LISTED.rows(tx, {"visit": visit_id})]


def list_voice_notes(
    tx: Connection,
    visit_id: str,
    volunteer_key: str,
    exercise_id: str,
    listed: Iterable[ListedVoice],
    refused: Mapping[str, tuple[str, str]],
    allowed: tuple[bool, bool],
) -> None:
    """Make `listed` the voice notes that the visit names; those it names no more are unlisted.

    `refused` gives code and why for those that can never come; `allowed`: may be listened to, may be quoted.
    """
    wanted = {one.voice_id: one for one in listed}
    known = {one.voice_id for one in voice_notes_of(tx, visit_id)}
    consent = {"may_use": allowed[0], "may_quote": allowed[1]}
    for voice_id in known:
        now = wanted.get(voice_id)
        place = {"zone": now.zone, "stage": now.stage, "item": now.item} if now else {}
        tx.execute(_of(visit_id, voice_id).values(listed=now is not None, **consent, **place))
    fresh = []
    for one in wanted.values():
        if one.voice_id not in known:
            code, why = refused.get(one.voice_id, (None, None))
            fresh.append(
                {
                    **_row(visit_id, volunteer_key, exercise_id, one),
                    "listed": True,
                    **consent,
                    "state": VoiceState.REFUSED if code else VoiceState.MISSING,
                    "code": code,
                    "why": why,
                }
            )
    if fresh:
        tx.execute(insert(voice_notes), fresh)


def add_to_draft(
    tx: Connection, visit_id: str, volunteer_key: str, exercise_id: str, one: ListedVoice, at: str
) -> None:
    """Keep that a recording of a draft is safe with us; no visit names it yet, and nobody may listen."""
    state = {"listed": False, "may_use": False, "may_quote": False, "state": VoiceState.SAFE, "safe_at": at}
    tx.execute(insert(voice_notes).values(_row(visit_id, volunteer_key, exercise_id, one) | state))


def _row(visit_id: str, volunteer_key: str, exercise_id: str, one: ListedVoice) -> dict[str, Any]:
    return {
        "visit_id": visit_id,
        "voice_id": one.voice_id,
        "volunteer_key": volunteer_key,
        "exercise_id": exercise_id,
        "sha256": one.sha256,
        "media_type": one.media_type,
        "size": one.size,
        "seconds": one.seconds,
        "zone": one.zone,
        "stage": one.stage,
        "item": one.item,
        "heard": Heard.WAITING,
    }


def _of(visit_id: str, voice_id: str) -> Any:
    return update(voice_notes).where(voice_notes.c.visit_id == visit_id, voice_notes.c.voice_id == voice_id)


def mark_safe(tx: Connection, visit_id: str, voice_id: str, media_type: str, at: str) -> bool:
    """The bytes are durable with the right hash. Returns False when somebody else said so first."""
    query = _of(visit_id, voice_id).where(voice_notes.c.state == VoiceState.MISSING)
    marked = tx.execute(query.values(state=VoiceState.SAFE, media_type=media_type, why=None, safe_at=at))
    return int(marked.rowcount) > 0


def mark_refused(tx: Connection, visit_id: str, voice_id: str, code: str, why: str) -> None:
    """These bytes can never be listened to."""
    query = _of(visit_id, voice_id).where(voice_notes.c.state == VoiceState.MISSING)
    tx.execute(query.values(state=VoiceState.REFUSED, code=code, why=why))


def decide(tx: Connection, visit_id: str, voice_id: str, heard: str, at: str | None) -> None:
    """Keep what the second person said of it."""
    tx.execute(_of(visit_id, voice_id).values(heard=heard, heard_at=at))


def write_down(tx: Connection, visit_id: str, voice_id: str, written: str | None) -> None:
    """Keep what was said in it, in writing; None takes that away."""
    tx.execute(_of(visit_id, voice_id).values(written=written))


def waiting(tx: Connection, exercise_id: str, not_of: str, most: int) -> list[VoiceNote]:
    """Voice notes nobody has listened to, of visits that were told of and are not the listener's own, oldest first."""
    query = (
        select(voice_notes)
        .join(visits, visits.c.id == voice_notes.c.visit_id)
        .where(
            voice_notes.c.exercise_id == exercise_id,
            voice_notes.c.heard == Heard.WAITING,
            voice_notes.c.state == VoiceState.SAFE,
            voice_notes.c.listed,
            voice_notes.c.may_use,
            or_(voice_notes.c.erased_at.is_(None), voice_notes.c.written.is_not(None)),
            voice_notes.c.volunteer_key != not_of,
            visits.c.announced > 0,
            visits.c.withdrawn_at.is_(None),
        )
        .order_by(voice_notes.c.safe_at, voice_notes.c.voice_id)
        .limit(most)
    )
    return [VoiceNote(*row) for row in tx.execute(query)]


_KEPT = (voice_notes.c.safe_at.is_not(None), voice_notes.c.erased_at.is_(None))


def _reasons(before: Before) -> list[Any]:
    """Why a recording that is kept must go, beside that its visit was taken back."""
    decided = voice_notes.c.heard.in_([Heard.RELEASED, Heard.WRITTEN])
    in_a_draft = exists().where(drafts.c.visit_id == voice_notes.c.visit_id)
    return [
        decided & (voice_notes.c.heard_at <= before.dealt_with),
        (voice_notes.c.heard == Heard.HELD_BACK) & (voice_notes.c.heard_at <= before.held_back),
        ~voice_notes.c.listed & (voice_notes.c.safe_at <= before.dealt_with) & ~in_a_draft,
        voice_notes.c.listed & ~voice_notes.c.may_use & (voice_notes.c.safe_at <= before.raw_notes),
    ]


def due(tx: Connection, before: Before, most: int, *, of: VoiceNote | None = None) -> list[VoiceNote]:
    """Voice notes that must go now. `of` asks about one only."""
    only = () if of is None else (voice_notes.c.visit_id == of.visit_id, voice_notes.c.voice_id == of.voice_id)
    found: dict[tuple[str, str], VoiceNote] = {}
    # A question for each reason: one with OR between them would go through all voice notes there are.
    for reason in (voice_notes.c.visit_id.in_(WITHDRAWN), *_reasons(before)):
        if len(found) < most:
            for row in tx.execute(select(voice_notes).where(reason, *_KEPT, *only).limit(most)):
                found[row.visit_id, row.voice_id] = VoiceNote(*row)
    return list(found.values())[:most]


def needed_elsewhere(tx: Connection, one: VoiceNote, before: Before) -> bool:
    """Whether another voice note with the very same bytes still needs them."""
    query = select(voice_notes.c.voice_id).where(
        voice_notes.c.sha256 == one.sha256,
        or_(voice_notes.c.voice_id != one.voice_id, voice_notes.c.visit_id != one.visit_id),
        *_KEPT,
        ~or_(was_withdrawn(voice_notes.c.visit_id), *_reasons(before)),
    )
    return tx.execute(query).first() is not None


def was_erased(tx: Connection, sha256: str) -> bool:
    """Whether a recording with these bytes was ever erased."""
    query = select(voice_notes.c.voice_id).where(voice_notes.c.sha256 == sha256, voice_notes.c.erased_at.is_not(None))
    return tx.execute(query).first() is not None


def mark_erased(tx: Connection, one: VoiceNote, why: str, at: str, *, written: str | None) -> None:
    """The bytes are gone; that they went, and why, is kept."""
    tx.execute(_of(one.visit_id, one.voice_id).values(erased_at=at, erased_why=why, written=written))


def stored_objects(tx: Connection) -> Iterator[tuple[str, str]]:
    """(key, sha256) of every recording that must be in the store."""
    query = select(voice_notes.c.sha256).where(voice_notes.c.safe_at.is_not(None), voice_notes.c.erased_at.is_(None))
    for sha256 in tx.execute(query.distinct()).scalars():
        yield key_of(sha256), sha256
