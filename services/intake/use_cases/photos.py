"""Photos of a visit: taking in the bytes, giving a volunteer their own cleaned copy, cleaning, and erasing.

"Received" is never said before the bytes are durable under their right hash (design.md §4).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.intake import photos as pixels
from services.intake.domain.photo import LOST, QUARANTINE, ListedPhoto, PhotoState, erase_original_before
from services.intake.domain.visit import VisitRecord
from services.intake.photos import CLEAN_MEDIA_TYPE, CleanedPhoto, PhotoRefused, Picture
from services.intake.store import photos as store
from services.intake.store import visits as visit_store
from services.intake.store.photos import Photo, original_key
from services.intake.store.swept import was_swept
from services.intake.use_cases.announcing import announce_if_ready
from services.intake.use_cases.directory import timestamp
from services.intake.use_cases.visits import own_record
from shared.contracts.refusals import Refusal, conflict, not_found
from shared.contracts.sentences import Sentence
from shared.messaging.turn import Claims
from shared.runtime.mildly import Mildly
from shared.runtime.service import Service
from shared.runtime.stubborn import Stubborn
from shared.storage.blobs.port import ObjectMissing

SIZES = ("display", "thumbnail")
REPLICAS = 8
"""So many workers find photos to clean without waiting for one another."""


@dataclass(frozen=True, slots=True)
class Received:
    """A photo that is safe with us. `new`: it came just now."""

    photo_id: str
    state: str
    new: bool


def _no_copy(why: str | None) -> str:
    if not why:
        return Sentence("There is no copy of this photo to show.")
    return Sentence("There is no copy of this photo to show. %(why)s", why=Sentence(why))


def refused_as(refused: PhotoRefused) -> Refusal:
    """What the wire says of a photo that we do not take."""
    return Refusal(422, refused.code, refused.why)


def listed_photo(service: Service, person_id: str, visit_id: str, photo_id: str) -> Photo:
    """The photo, if this person's visit names it. Raises Refusal 404, or 409 when the visit was taken back."""
    with service.database.reading() as tx:
        record = own_record(tx, service, person_id, visit_id)
        one = store.photo(tx, visit_id, photo_id)
    if one is None or not one.listed:
        raise not_found()
    if record.withdrawn_at is not None:
        raise conflict("withdrawn", Sentence("You took this visit back, so no photo is needed any more."))
    return one


def receive_photo(service: Service, one: Photo, body: bytes) -> Received:
    """Take in the bytes of a photo, once; `one` is what `listed_photo` found before they came.

    Raises Refusal: 413, 422 `hash-differs`, `not-an-image` or `too-many-pixels`. A photo whose listed bytes are no
    photo is refused for good, and holds up nothing else.
    """
    visit_id, photo_id = one.visit_id, one.photo_id
    if len(body) > service.settings.photo_bytes:
        raise Refusal(413, "too-big", Sentence("This photo is too big to send. Nothing was kept of it."))
    if hashlib.sha256(body).hexdigest() != one.sha256:
        raise Refusal(
            422,
            "hash-differs",
            Sentence(
                "These are not the bytes that the visit named: something was lost or changed on the way. Send it again."
            ),
        )
    if one.state in (PhotoState.SAFE, PhotoState.CLEANED):
        return Received(photo_id, one.state, new=False)
    if one.state == PhotoState.REFUSED:
        raise Refusal(422, one.code or "not-an-image", one.why or pixels.NOT_AN_IMAGE)
    try:
        pixels.look(body, service.settings.photo_pixels)
    except PhotoRefused as refused:
        with service.database.transaction(visit_id) as tx:
            store.mark_refused(tx, visit_id, photo_id, refused.code, refused.why, timestamp(service.clock.now()))
            _tell_if_ready(tx, visit_id, service.clock.now())
        raise refused_as(refused) from refused
    service.objects.put(original_key(one.sha256), body, one.media_type, sha256=one.sha256)
    now = service.clock.now()

    def keep(tx: Connection) -> bool:
        new = store.mark_safe(tx, visit_id, photo_id, timestamp(now))
        if new:
            _again_if_erased(tx, service, one.sha256, body, one.media_type)
            _tell_if_ready(tx, visit_id, now)
        return new

    new = service.database.write(keep, {visit_id, _bytes(one.sha256)})
    return Received(photo_id, PhotoState.SAFE, new)


def _bytes(sha256: str) -> str:
    """What transactions are about that keep or erase these very bytes, whichever photos have them."""
    return f"bytes {sha256}"


def _again_if_erased(tx: Connection, service: Service, sha256: str, body: bytes, media_type: str) -> None:
    """An erasure of the very same bytes may have run between our writing them and this transaction."""
    if store.was_erased(tx, sha256) or was_swept(tx, original_key(sha256)):
        service.objects.put(original_key(sha256), body, media_type)


def _tell_if_ready(tx: Connection, visit_id: str, now: datetime) -> None:
    record = visit_store.visit(tx, visit_id)
    if record is not None:
        announce_if_ready(tx, record, now)


def draft_photo(
    service: Service, volunteer_key: str, exercise_id: str, visit_id: str, photo_id: str, zone: str, body: bytes
) -> ListedPhoto:
    """Keep a photo of a visit that is still being filled in. Raises Refusal 413 or 422."""
    if len(body) > service.settings.photo_bytes:
        raise Refusal(413, "too-big", Sentence("This photo is too big to send. Choose a smaller size and try again."))
    try:
        seen = pixels.look(body, service.settings.photo_pixels)
    except PhotoRefused as refused:
        raise refused_as(refused) from refused
    listed = ListedPhoto(photo_id, hashlib.sha256(body).hexdigest(), seen.media_type, len(body), zone)
    service.objects.put(original_key(listed.sha256), body, listed.media_type)
    with service.database.transaction({visit_id, _bytes(listed.sha256)}) as tx:
        store.add_to_draft(tx, visit_id, volunteer_key, exercise_id, listed, timestamp(service.clock.now()))
        _again_if_erased(tx, service, listed.sha256, body, listed.media_type)
    return listed


def own_copy(service: Service, person_id: str, visit_id: str, photo_id: str, size: str) -> bytes:
    """A volunteer's own photo, cleaned. Raises Refusal 404, or 409 `not-cleaned-yet`."""
    with service.database.reading() as tx:
        record = own_record(tx, service, person_id, visit_id)
        one = store.photo(tx, visit_id, photo_id)
    if one is None or not one.listed or record.withdrawn_at is not None:
        raise not_found()
    return copy_of(service, one, size)


def copy_of(service: Service, one: Photo, size: str) -> bytes:
    """The cleaned copy of a photo. Raises Refusal 404, or 409 `not-cleaned-yet`."""
    found: dict[str, Any] | None = one.display if size == "display" else one.thumbnail
    if one.copies_erased_at is not None:
        raise not_found()
    if found is None:
        if one.state == PhotoState.REFUSED:
            raise conflict("not-cleaned-yet", _no_copy(one.why))
        raise conflict(
            "not-cleaned-yet", Sentence("This photo is not ready to look at yet. Try again in a little while.")
        )
    try:
        copy: bytes = service.objects.get(found["key"])
        return copy
    except ObjectMissing:
        raise not_found() from None


def clean_next(service: Service, claims: Claims, stubborn: Stubborn, most: int, mildly: Mildly | None = None) -> int:
    """Clean the photos that have waited longest and that nobody else is at; one that cannot be cleaned stops no
    other. `mildly`: who does the long work on their pixels. Returns how many were
    dealt with."""
    resting = stubborn.resting()
    with service.database.reading() as tx:
        waiting = store.to_clean(tx, most * REPLICAS + len(resting))
    by_name = {f"{one.visit_id}/{one.photo_id}": one for one in waiting}
    done = 0
    with claims.some_of([name for name in by_name if name not in resting], most) as names:
        for name in names:
            one = by_name[name]
            with service.database.reading() as tx:
                still = store.waits_to_be_cleaned(tx, one)
            if still:
                with stubborn.by_itself(name):
                    _clean(service, one, mildly)
                done += stubborn.moved(name)
    return done


def _clean(service: Service, one: Photo, mildly: Mildly | None) -> None:
    try:
        original = service.objects.get(original_key(one.sha256))
    except ObjectMissing:
        with service.database.transaction(one.visit_id) as tx:
            store.mark_lost(tx, one.visit_id, one.photo_id, LOST)
        return
    try:
        most = service.settings.photo_pixels
        cleaned = mildly.run(lambda: pixels.clean(original, most)) if mildly else pixels.clean(original, most)
    except PhotoRefused as refused:
        now = timestamp(service.clock.now())
        with service.database.transaction(one.visit_id) as tx:
            store.mark_refused(tx, one.visit_id, one.photo_id, refused.code, refused.why, now)
        return
    display, thumbnail = _keep_copies(service, cleaned)
    about = {one.visit_id, _bytes(one.sha256), _bytes(display["sha256"]), _bytes(thumbnail["sha256"])}
    with service.database.transaction(about) as tx:
        swept = any(was_swept(tx, copy["key"]) for copy in (display, thumbnail))
        if swept or store.copies_were_erased(tx, one.sha256):
            # Perhaps just now, for another photo with the very same bytes.
            _keep_copies(service, cleaned)
        store.mark_cleaned(tx, one.visit_id, one.photo_id, display, thumbnail, timestamp(service.clock.now()))


def _keep_copies(service: Service, cleaned: CleanedPhoto) -> tuple[dict[str, Any], dict[str, Any]]:
    return _keep_copy(service, cleaned.display), _keep_copy(service, cleaned.thumbnail)


def _keep_copy(service: Service, picture: Picture) -> dict[str, Any]:
    key = f"photos/{picture.sha256}"
    service.objects.put(key, picture.body, CLEAN_MEDIA_TYPE)
    # The original is erased on the strength of this copy, so it is read back from where it lies.
    if service.objects.head(key).sha256 != picture.sha256:
        raise OSError(f"the object store changed the bytes of {key}")
    return {
        "key": key,
        "sha256": picture.sha256,
        "media_type": CLEAN_MEDIA_TYPE,
        "width": picture.width,
        "height": picture.height,
    }


def photos_waiting(service: Service, *, until: str | None = None) -> int:
    """How many photos wait to be cleaned; `until`: that were safe at that moment."""
    with service.database.reading() as tx:
        return store.waiting_to_be_cleaned(tx, until=until)


def newest_waiting(service: Service) -> str:
    """When the newest photo that waits to be cleaned was safe; empty when none waits."""
    with service.database.reading() as tx:
        return store.newest_to_clean(tx)


def erase_due(service: Service, most: int) -> int:
    """Erase originals that have done their work, and copies that must go; keep when. Returns how many were erased."""
    now = service.clock.now()
    before = timestamp(erase_original_before(now, service.settings.original_days))
    quarantine = timestamp(now - QUARANTINE)
    with service.database.reading() as tx:
        originals = store.originals_due(tx, before, most)
        copies = store.copies_due(tx, quarantine, before, most)
    gone = sum(_erase_original(service, one, before, now) for one in originals)
    return gone + sum(_erase_copies(service, one, quarantine, before, now) for one in copies)


def _erase_original(service: Service, one: Photo, before: str, now: datetime) -> bool:
    # The object goes inside the transaction: nobody can take in the same bytes between the question and the deed.
    with service.database.transaction({one.visit_id, _bytes(one.sha256)}) as tx:
        if not store.originals_due(tx, before, 1, of=one):
            return False
        if not store.original_needed_elsewhere(tx, one, before):
            service.objects.delete(original_key(one.sha256))
        store.mark_original_erased(tx, one, _why(tx, one), timestamp(now))
        return True


def _erase_copies(service: Service, one: Photo, quarantine: str, before: str, now: datetime) -> bool:
    with service.database.transaction({one.visit_id, _bytes(one.sha256)}) as tx:
        if not store.copies_due(tx, quarantine, before, 1, of=one):
            return False
        _delete_copies(tx, service, one)
        store.mark_copies_erased(tx, one, _why(tx, one), timestamp(now))
        return True


def erase_left_out(service: Service, one: Photo) -> None:
    """Erase now, and not in its time, every byte of a photo that its volunteer took out of a visit not sent yet."""
    now = service.clock.now()
    before = timestamp(erase_original_before(now, service.settings.original_days))
    with service.database.transaction({one.visit_id, _bytes(one.sha256)}) as tx:
        kept = store.photo(tx, one.visit_id, one.photo_id)
        if kept is None or kept.listed:
            return
        if kept.original_erased_at is None:
            if not store.original_needed_elsewhere(tx, kept, before):
                service.objects.delete(original_key(kept.sha256))
            store.mark_original_erased(tx, kept, "left-out", timestamp(now))
        if kept.display is not None and kept.copies_erased_at is None:
            _delete_copies(tx, service, kept)
            store.mark_copies_erased(tx, kept, "left-out", timestamp(now))


def _delete_copies(tx: Connection, service: Service, one: Photo) -> None:
    if store.copy_needed_elsewhere(tx, one):
        return
    for copy in (one.display, one.thumbnail):
        if copy is not None:
            service.objects.delete(copy["key"])


def _why(tx: Connection, one: Photo) -> str:
    record: VisitRecord | None = visit_store.visit(tx, one.visit_id)
    if record is not None and record.withdrawn_at is not None:
        return "withdrawn"
    if one.review == "held-back":
        return "held-back"
    return "cleaned" if one.listed else "left-out"


def erasures_due(service: Service) -> int:
    """Whether anything is to be erased now: 1 or 0, which is all anybody needs to know."""
    now = service.clock.now()
    before = timestamp(erase_original_before(now, service.settings.original_days))
    with service.database.reading() as tx:
        due = store.originals_due(tx, before, 1) or store.copies_due(tx, timestamp(now - QUARANTINE), before, 1)
    return len(due)
