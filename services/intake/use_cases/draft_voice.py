"""Voice notes on the pages of a visit that is still being filled in, as a file that the phone's own recorder made: so
that somebody whose browser runs no script can say it instead, too."""

from __future__ import annotations

import hashlib
import math
from typing import Any

from services.intake.domain.acceptance import ENVIRONMENT
from services.intake.domain.draft import Draft
from services.intake.domain.recording import MOST_SECONDS, RecordingRefused, listen_to_frame
from services.intake.domain.recording_traces import without_traces
from services.intake.domain.voice_note import MOST_NOTES, TOO_BIG, ListedVoice, VoiceState
from services.intake.store import voice_notes as store
from services.intake.store.swept import was_swept
from services.intake.store.voice_notes import key_of
from services.intake.use_cases import drafts
from services.intake.use_cases.directory import new_id, timestamp
from services.intake.use_cases.visits import key_of as volunteer_of
from services.intake.use_cases.voice_notes import about_bytes, due_before, recording_of
from shared.contracts.refusals import Refusal, not_found
from shared.contracts.sentences import Sentence
from shared.runtime.service import Service

THROWN_AWAY = "thrown-away"


def add_voice(service: Service, person_id: str, visit_id: str, part: str, body: bytes) -> None:
    """Keep a recording with the draft, said about a zone or stage. The very same again in the same place is harmless.

    Raises Refusal 404, 413 or 422.
    """
    opened = drafts.open_draft(service, person_id, visit_id)
    if len(body) > service.settings.voice_bytes:
        raise Refusal(413, "too-big", TOO_BIG)
    try:
        found = listen_to_frame(body)
    except RecordingRefused as refused:
        raise Refusal(422, refused.code, refused.why) from refused
    body = without_traces(body, found.media_type)
    seconds = min(max(1, math.ceil(found.seconds)), MOST_SECONDS)
    zone, stage = (part, None) if opened.content["kind"] == ENVIRONMENT else (None, part)
    sha256 = hashlib.sha256(body).hexdigest()
    one = ListedVoice(new_id(), sha256, found.media_type, len(body), seconds, zone, stage, None)
    here = opened.content.get("voice_notes", ())
    same = [have for have in here if (have["sha256"], have.get("zone"), have.get("stage")) == (sha256, zone, stage)]
    # One that was erased since is not with us, so it is taken in anew.
    if same and not playable(service, visit_id).isdisjoint(have["voice_id"] for have in same):
        return
    if len(here) >= MOST_NOTES:
        raise Refusal(
            422, "too-many-recordings", Sentence("A visit has room for %(most)s recordings.", most=MOST_NOTES)
        )
    service.objects.put(key_of(sha256), body, found.media_type)
    now = timestamp(service.clock.now())
    with service.database.transaction({visit_id, about_bytes(sha256)}) as tx:
        key = volunteer_of(service, opened.exercise.id, person_id)
        store.add_to_draft(tx, visit_id, key, opened.exercise.id, one, now)
        if store.was_erased(tx, sha256) or was_swept(tx, key_of(sha256)):
            # Perhaps just now, between our writing the same bytes and this transaction.
            service.objects.put(key_of(sha256), body, found.media_type)
    drafts.change_draft(service, person_id, visit_id, lambda draft: draft["voice_notes"].append(_entry(one)))


def _entry(one: ListedVoice) -> dict[str, Any]:
    place = {"zone": one.zone} if one.zone else {"stage": one.stage}
    return {
        "voice_id": one.voice_id,
        "sha256": one.sha256,
        "media_type": one.media_type,
        "bytes": one.size,
        "seconds": one.seconds,
        **place,
    }


def throw_voice_away(service: Service, person_id: str, visit_id: str, voice_id: str) -> bool:
    """Take a recording out of the draft; whether nothing of it is left.

    One that was never sent is erased at once; of one that was, the sent visit keeps what it has until the correction
    is sent. Raises Refusal 404 when the draft has no such recording.
    """
    now = service.clock.now()

    def change(draft: Draft) -> None:
        if voice_id not in _named_in(draft):
            raise not_found()
        draft["voice_notes"] = [one for one in draft["voice_notes"] if one["voice_id"] != voice_id]

    drafts.change_draft(service, person_id, visit_id, change)
    with service.database.reading() as tx:
        one = store.voice_note(tx, visit_id, voice_id)
    if one is None or one.listed:
        return False
    # The object goes inside the transaction: nobody can take in the same bytes between the question and the deed.
    with service.database.transaction({visit_id, about_bytes(one.sha256)}) as tx:
        one = store.voice_note(tx, visit_id, voice_id)
        if one is None or one.listed:
            return False
        if one.erased_at is None:
            if not store.needed_elsewhere(tx, one, due_before(service, now)):
                service.objects.delete(key_of(one.sha256))
            store.mark_erased(tx, one, THROWN_AWAY, timestamp(now), written=None)
    return True


def _named_in(draft: Draft) -> set[str]:
    return {one["voice_id"] for one in draft.get("voice_notes", ())}


def playable(service: Service, visit_id: str) -> set[str]:
    """The recordings of a visit that are with us and not erased, by their ids."""
    with service.database.reading() as tx:
        kept = store.voice_notes_of(tx, visit_id)
    return {one.voice_id for one in kept if one.state == VoiceState.SAFE and one.erased_at is None}


def recording_of_draft(service: Service, person_id: str, visit_id: str, voice_id: str) -> tuple[bytes, str]:
    """A recording of one's own draft, and its media type. Raises Refusal 404, also once it was taken out."""
    opened = drafts.open_draft(service, person_id, visit_id)
    if voice_id not in _named_in(opened.content):
        raise not_found()
    with service.database.reading() as tx:
        one = store.voice_note(tx, visit_id, voice_id)
    if one is None:
        raise not_found()
    return recording_of(service, one)
