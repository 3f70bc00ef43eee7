"""Voice notes of a visit: naming them, taking in the bytes, giving a volunteer their own back, and erasing.

"Received" is never said before the bytes are durable under their right hash (design.md §4).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from services.intake.domain import voice_note
from services.intake.domain.photo import QUARANTINE
from services.intake.domain.recording import NOT_A_RECORDING, RecordingRefused, listen_to_frame
from services.intake.domain.visit import VisitRecord
from services.intake.domain.voice_note import Heard, VoiceState
from services.intake.store import visits as visit_store
from services.intake.store import voice_notes as store
from services.intake.store.swept import was_swept
from services.intake.store.voice_notes import Before, VoiceNote, key_of
from services.intake.use_cases.announcing import announce_if_ready
from services.intake.use_cases.directory import timestamp
from services.intake.use_cases.visits import own_record
from shared.contracts.refusals import Refusal, conflict, not_found
from shared.runtime.service import Service
from shared.storage.blobs.port import ObjectMissing


@dataclass(frozen=True, slots=True)
class Received:
    """A voice note that is safe with us. `new`: it came just now."""

    voice_id: str
    state: str
    new: bool


def listed_voice(service: Service, person_id: str, visit_id: str, voice_id: str) -> VoiceNote:
    """The voice note, if this person's visit names it. Raises Refusal 404, or 409 when the visit was taken back."""
    with service.database.reading() as tx:
        record = own_record(tx, service, person_id, visit_id)
        one = store.voice_note(tx, visit_id, voice_id)
    if one is None or not one.listed:
        raise not_found()
    if record.withdrawn_at is not None:
        raise conflict("withdrawn", "You took this visit back, so no recording is needed any more.")
    return one


def receive_voice(service: Service, person_id: str, visit_id: str, voice_id: str, body: bytes) -> Received:
    """Take in the bytes of a listed voice note, once.

    Raises Refusal: 404 when the visit does not name it, 413, 422 `hash-differs`, `not-a-recording` or `too-long`.
    One whose listed bytes are no recording is refused for good, and holds up nothing else.
    """
    one = listed_voice(service, person_id, visit_id, voice_id)
    if len(body) > service.settings.voice_bytes:
        raise Refusal(413, "too-big", "This recording is too big to send. Nothing was kept of it.")
    if hashlib.sha256(body).hexdigest() != one.sha256:
        raise Refusal(
            422,
            "hash-differs",
            "These are not the bytes that the visit named: something was lost or changed on the way. Send it again.",
        )
    if one.state == VoiceState.SAFE:
        return Received(voice_id, one.state, new=False)
    if one.state == VoiceState.REFUSED:
        raise Refusal(422, one.code or "not-a-recording", one.why or NOT_A_RECORDING)
    now = service.clock.now()
    try:
        found = listen_to_frame(body)
    except RecordingRefused as refused:
        with service.database.transaction(visit_id) as tx:
            store.mark_refused(tx, visit_id, voice_id, refused.code, refused.why)
            _tell_if_ready(tx, visit_id, now)
        raise Refusal(422, refused.code, refused.why) from refused
    service.objects.put(key_of(one.sha256), body, found.media_type)
    with service.database.transaction({visit_id, about_bytes(one.sha256)}) as tx:
        new = store.mark_safe(tx, visit_id, voice_id, found.media_type, timestamp(now))
        if new:
            if store.was_erased(tx, one.sha256) or was_swept(tx, key_of(one.sha256)):
                # Perhaps just now, between our writing the same bytes and this transaction.
                service.objects.put(key_of(one.sha256), body, found.media_type)
            _tell_if_ready(tx, visit_id, now)
    return Received(voice_id, VoiceState.SAFE, new)


def about_bytes(sha256: str) -> str:
    """What transactions are about that keep or erase these very bytes, whichever voice notes have them."""
    return f"bytes {sha256}"


def _tell_if_ready(tx: Connection, visit_id: str, now: datetime) -> None:
    record = visit_store.visit(tx, visit_id)
    if record is not None:
        announce_if_ready(tx, record, now)


def own_recording(service: Service, person_id: str, visit_id: str, voice_id: str) -> tuple[bytes, str]:
    """A volunteer's own recording and its media type. Raises Refusal 404, also once it was erased."""
    with service.database.reading() as tx:
        record = own_record(tx, service, person_id, visit_id)
        one = store.voice_note(tx, visit_id, voice_id)
    if one is None or not one.listed or record.withdrawn_at is not None:
        raise not_found()
    return recording_of(service, one)


def recording_of(service: Service, one: VoiceNote) -> tuple[bytes, str]:
    """The bytes of a voice note and what they are. Raises Refusal 404."""
    if one.state != VoiceState.SAFE or one.erased_at is not None:
        raise not_found()
    try:
        body: bytes = service.objects.get(key_of(one.sha256))
    except ObjectMissing:
        raise not_found() from None
    return body, one.media_type


def due_before(service: Service, now: datetime) -> Before:
    """By which moments a recording has done its work."""
    settings = service.settings
    dealt_with = voice_note.erase_before(now, settings.voice_days)
    return Before(timestamp(dealt_with), timestamp(now - QUARANTINE), timestamp(now - voice_note.RAW_NOTES))


def erase_due(service: Service, most: int) -> int:
    """Erase recordings that have done their work, or that nobody may use; keep when and why. Returns how many."""
    now = service.clock.now()
    before = due_before(service, now)
    with service.database.reading() as tx:
        found = store.due(tx, before, most)
    return sum(_erase(service, one, before, now) for one in found)


def _erase(service: Service, one: VoiceNote, before: Before, now: datetime) -> bool:
    # The object goes inside the transaction: nobody can take in the same bytes between the question and the deed.
    with service.database.transaction({one.visit_id, about_bytes(one.sha256)}) as tx:
        still = store.due(tx, before, 1, of=one)
        if not still:
            return False
        if not store.needed_elsewhere(tx, one, before):
            service.objects.delete(key_of(one.sha256))
        record = visit_store.visit(tx, one.visit_id)
        why = _why(record, still[0])
        kept = still[0].written if why in (Heard.RELEASED, Heard.WRITTEN) else None
        store.mark_erased(tx, one, why, timestamp(now), written=kept)
        return True


def _why(record: VisitRecord | None, one: VoiceNote) -> str:
    if record is None or record.withdrawn_at is not None:
        return "withdrawn"
    if not one.listed:
        return "left-out"
    return one.heard if one.heard != Heard.WAITING else "not-to-be-used"


def erasures_due(service: Service) -> int:
    """Whether anything is to be erased now: 1 or 0, which is all anybody needs to know."""
    with service.database.reading() as tx:
        return len(store.due(tx, due_before(service, service.clock.now()), 1))
