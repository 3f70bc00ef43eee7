"""Making documents behind the scenes: new facts or a release make a new version, nothing else, and what a version
lacks is added to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from services.reporting.documents import content_hash
from services.reporting.documents.formats import Format, formats_of
from services.reporting.documents.making import Draft, every_format
from services.reporting.documents.photos import PhotoUnreadable, with_marks
from services.reporting.domain.pack import ALONE, KINDS, Content, findings_pack, recommendations_document
from services.reporting.store import documents, findings, open_documents, recommendations
from services.reporting.store.documents import DocumentFile
from services.reporting.use_cases.documents import stages_to_read
from shared.access import directory
from shared.access.directory import ExerciseEntry
from shared.access.stages import Stage
from shared.messaging.turn import Claims
from shared.runtime.service import Service
from shared.runtime.stubborn import Stubborn
from shared.storage.blobs.port import ObjectMissing

REPLICAS = 8
"""So many workers find documents to make without waiting for one another."""
TRIES = 3
NOT_MADE = (
    "The documents could not be put together, although we tried more than once. Ask for them again. "
    "If that does not help, tell whoever looks after Open Door."
)
NOT_ALL_FILES = (
    "This kind of file could not be made: {}. The others are there. "
    "Make the pack again later; if that does not help, tell whoever looks after Open Door."
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of one kind of document: a `new` version or not, files `added` to it, and formats still `missing`."""

    new: bool
    added: int
    missing: tuple[Format, ...]


def make_waiting_documents(service: Service, claims: Claims, stubborn: Stubborn) -> int:
    """Make the documents of an exercise that waits longest and that nobody else is at; how many were dealt with.

    An exercise whose documents cannot be made rests and stops no other; after a few tries its request has failed.
    """
    resting = stubborn.resting()
    with service.database.reading() as tx:
        waiting = documents.waiting(tx, REPLICAS + len(resting))
    wanted = [one for one in dict.fromkeys(request.exercise_id for request in waiting) if one not in resting]
    with claims.some_of(wanted, 1) as exercise_ids:
        return sum(_make_or_give_up(service, exercise_id, stubborn) for exercise_id in exercise_ids)


def _make_or_give_up(service: Service, exercise_id: str, stubborn: Stubborn) -> bool:
    with stubborn.by_itself(exercise_id):
        return _make_documents(service, exercise_id)
    if stubborn.failures(exercise_id) < TRIES:
        return stubborn.moved(exercise_id)
    stubborn.forget(exercise_id)
    return _give_up(service, exercise_id)


def _give_up(service: Service, exercise_id: str) -> bool:
    with service.database.transaction(exercise_id) as tx:
        asked = documents.waiting(tx, 1, exercise_id)
        for one in asked:
            documents.hold_request(tx, one.id)
            documents.close_request(tx, one.id, "failed", NOT_MADE)
    return bool(asked)


def _make_documents(service: Service, exercise_id: str) -> bool:
    with service.database.reading() as tx:
        asked = documents.waiting(tx, 1, exercise_id)
        exercise = directory.exercise(tx, exercise_id)
        contents = _contents(tx, exercise) if exercise else {}
    if not asked:
        return False
    kept = [_keep_version(service, exercise, kind, content) for kind, content in contents.items() if exercise]
    with service.database.transaction(exercise_id) as tx:
        # News that came in while we made them found this request waiting and asked for no other.
        documents.hold_request(tx, asked[0].id)
        if _all_is_said(tx, exercise, directory.exercise(tx, exercise_id), contents):
            documents.close_request(tx, asked[0].id, "done", _told(kept))
    return True


def _told(kept: Sequence[Kept]) -> str:
    made = sum(one.new for one in kept)
    if made:
        told = "1 new document." if made == 1 else f"{made} new documents."
    elif any(one.added for one in kept):
        told = "Nothing new is said. Files that were missing are there now."
    else:
        told = "Nothing new: the newest version says it all."
    missing = dict.fromkeys(one.short for each in kept for one in each.missing)
    return f"{told} {NOT_ALL_FILES.format(', '.join(missing))}" if missing else told


def _all_is_said(
    tx: Connection, then: ExerciseEntry | None, now: ExerciseEntry | None, contents: Mapping[str, Content]
) -> bool:
    """Whether the newest versions, made of `contents`, still say what stands; if so they are opened to all readers."""
    if now is None or then is None:
        return now is then
    if now.stage != then.stage or _contents(tx, now) != contents:
        return False
    newest = {kind: documents.newest(tx, now.id, kind) for kind in contents}
    fresh = {
        kind: one.version
        for kind, one in newest.items()
        if one and one.version >= open_documents.first_for_others(tx, now.id, kind)
    }
    if len(fresh) < len(newest):
        return False  # released while they were made
    for kind, version in fresh.items():
        open_documents.open_to(tx, now.id, kind, version, alone=kind in ALONE)
    return True


def _contents(tx: Connection, exercise: ExerciseEntry) -> Mapping[str, Content]:
    entry = {
        "exercise_id": exercise.id,
        "title": exercise.title,
        "partner": exercise.partner,
        "sites": [{"id": site.id, "name": site.name} for site in exercise.sites],
    }
    totals = exercise.stage == Stage.CLOSED
    results = [one for one in findings.results(tx, exercise.id) if exercise.open_to_partner(int(one["wave"]))]
    found = findings.of_exercise(tx, exercise.id, whole=findings.NOWHERE)
    written = recommendations.of_exercise(tx, exercise.id)
    histories = recommendations.histories(tx, [one.id for one in written])
    return {
        KINDS[0]: findings_pack(entry, results, found, findings.comparisons(tx, exercise.id), only_totals=totals),
        KINDS[1]: recommendations_document(entry, written, histories, only_totals=totals),
    }


def _keep_version(service: Service, exercise: ExerciseEntry, kind: str, content: Content) -> Kept:
    """Store a new version, or what the newest lacks if it says the same and was made since the last release.

    The bytes lie in the store before the index names them.
    """
    fingerprint = content_hash(content)
    wanted = formats_of(kind)
    with service.database.reading() as tx:
        newest = documents.newest(tx, exercise.id, kind)
        first = open_documents.first_for_others(tx, exercise.id, kind)
        stays = (
            newest is not None
            and newest.content_sha256 == fingerprint
            and newest.version >= first
            and newest.stage in stages_to_read(exercise.stage)
        )
        held = documents.media_types(tx, newest) if newest and stays else frozenset()
    lacking = [one for one in wanted if one.media_type not in held]
    if newest and stays:
        version, made_at, stage = newest.version, newest.made_at, newest.stage
    else:
        version, made_at, stage = newest.version + 1 if newest else 1, service.clock.now(), exercise.stage
    bodies = {}
    if lacking:
        draft = Draft(_without_keys(content), version, made_at, _pictures(service, content))
        bodies = every_format(draft, lacking)
    files = []
    for one, body in bodies.items():
        key = f"{documents.PREFIX}{exercise.id}/{kind}/{version}/{sha256(body).hexdigest()}.{one.ending}"
        stored = service.objects.put(key, body, one.media_type)
        said = (exercise.id, kind, version, one.media_type, fingerprint)
        files.append(DocumentFile(*said, stored.key, stored.sha256, stored.bytes, made_at, stage))
    with service.database.transaction(exercise.id) as tx:
        for file in files:
            documents.add(tx, file)
    return Kept(not stays, len(files), tuple(one for one in lacking if one not in bodies))


def _pictures(service: Service, content: Content) -> dict[str, bytes]:
    pictures: dict[str, bytes] = {}
    for photo in _photos(content):
        display = photo.get("display")
        if not isinstance(display, Mapping) or photo["id"] in pictures:
            continue
        try:
            drawn = with_marks(service.objects.get(display["key"]), photo.get("marks") or [])
        except (ObjectMissing, PhotoUnreadable):
            continue  # the list of marks still says in words what was on it
        pictures[photo["id"]] = drawn
    return pictures


def _photos(content: Any) -> Iterable[Mapping[str, Any]]:
    for site in content.get("sites", []):
        for kind in ("keep", "red", "amber"):
            for finding in site[kind]:
                yield from finding.get("photos") or []


def _without_keys(value: Any) -> Any:
    """The same without where photos lie in the store: that is no reader's business."""
    if isinstance(value, Mapping):
        return {name: _without_keys(one) for name, one in value.items() if name not in ("display", "thumbnail")}
    if isinstance(value, list | tuple):
        return [_without_keys(one) for one in value]
    return value
