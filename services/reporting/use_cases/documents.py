"""Asking for documents, making them, reading one: new facts or a release make a new version, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from services.reporting.documents import ENDINGS, HTML_TYPE, JSON_TYPE, as_html, as_json, content_hash
from services.reporting.documents.photos import PhotoUnreadable, as_data_uri, with_marks
from services.reporting.documents.words import words_for_documents
from services.reporting.domain.pack import ALONE, KINDS, Content, findings_pack, recommendations_document
from services.reporting.store import documents, findings, open_documents, recommendations
from services.reporting.store.documents import DocumentFile, DocumentRequest, Readable
from services.reporting.use_cases.members import Member, looking, member, reader
from shared.access import directory
from shared.access.directory import ExerciseEntry
from shared.access.stages import ORDER, Stage
from shared.contracts.days import day_here
from shared.contracts.refusals import FieldError, invalid, not_found
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


@dataclass(frozen=True, slots=True)
class Document:
    """One version of one document with its files."""

    kind: str
    version: int
    files: tuple[DocumentFile, ...]


def ask_for_documents(service: Service, person_id: str, exercise_id: str) -> DocumentRequest:
    """Ask for the documents as a lead; they are made behind the scenes. Raises Refusal: 404, 403."""
    with service.database.transaction(exercise_id) as tx:
        member(tx, service, person_id, exercise_id, "documents.make")
        request_id = documents.ask(tx, str(uuid4()), exercise_id, service.clock.now(), "A lead asked for them.")
        asked = documents.request(tx, request_id)
        assert asked is not None
        return asked


def request_of(service: Service, person_id: str, exercise_id: str, request_id: str) -> DocumentRequest:
    """How far a request is. Raises Refusal (404)."""
    with service.database.reading() as tx:
        reader(tx, service, person_id, exercise_id, "documents.make")
        found = documents.request(tx, request_id)
        if found is None or found.exercise_id != exercise_id:
            raise not_found()
        return found


@dataclass(frozen=True, slots=True)
class HowFar:
    """So many of so many documents are made for a request; `before`: other exercises whose turn comes first."""

    done: int
    of: int
    before: int


def how_far(service: Service, person_id: str, exercise_id: str, request_id: str) -> HowFar:
    """How far a request is that waits. Raises Refusal (404)."""
    with service.database.reading() as tx:
        reader(tx, service, person_id, exercise_id, "documents.make")
        asked = documents.request(tx, request_id)
        if asked is None or asked.exercise_id != exercise_id:
            raise not_found()
        newest = [documents.newest(tx, exercise_id, kind) for kind in KINDS]
        done = sum(one is not None and one.made_at >= asked.asked_at for one in newest)
        return HowFar(done, len(KINDS), documents.waiting_before(tx, asked.id))


def documents_of(
    service: Service, person_id: str, exercise_id: str, after: str | None = None, limit: int = 50
) -> tuple[list[Document], str | None]:
    """The documents somebody may read, by kind, newest version first, and where the next page begins (None at the end).

    Raises Refusal: 404, or 422 for a mark that is not ours.
    """
    start = _start(after)
    with looking(service) as (tx, reads):
        who = reader(tx, service, person_id, exercise_id, "documents.read")
        reads.note(who, "list of documents")
        readable = _readable(who)
        versions = documents.versions_after(tx, readable, start, limit + 1)
        files = documents.files_of_all(tx, readable, versions[:limit])
        found = [Document(kind, version, held) for (kind, version), held in files.items()]
    more = len(versions) > limit
    return found, f"{found[-1].kind}.{found[-1].version}" if more else None


def _start(after: str | None) -> documents.Version | None:
    if after is None:
        return None
    kind, _, number = after.rpartition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 20 and _can_be(kind, int(number))):
        raise invalid([FieldError("/after", "This is not a place in this list.")])
    return kind, int(number)


def _can_be(kind: str, version: int) -> bool:
    """Whether a database can be asked for it at all."""
    return kind.isascii() and kind.isprintable() and version < 2**31


@dataclass(frozen=True, slots=True)
class Making:
    """Whether a reader may ask for new documents; `going_on`: the request that is being worked on, for who may.

    `under_way`: that something is being worked on, for everybody; `every_version`: they read older ones too.
    """

    exercise: ExerciseEntry
    may_make: bool
    going_on: DocumentRequest | None
    under_way: bool
    every_version: bool


def making(service: Service, person_id: str, exercise_id: str) -> Making:
    """What this reader may know of the making of documents. Raises Refusal (404)."""
    with service.database.reading() as tx:
        who = reader(tx, service, person_id, exercise_id, "documents.read")
        makes = who.may("documents.make")
        waiting = documents.waiting(tx, 1, exercise_id)
        going_on = waiting[0] if waiting and makes else None
        return Making(who.exercise, makes, going_on, bool(waiting), who.of_host)


def read_document(
    service: Service, person_id: str, exercise_id: str, kind: str, version: int, ending: str
) -> tuple[DocumentFile, bytes]:
    """The bytes of one file. Raises Refusal (404)."""
    with looking(service) as (tx, reads):
        who = reader(tx, service, person_id, exercise_id, "documents.read")
        if not _can_be(kind, version):
            raise not_found()
        for file in documents.files_of(tx, _readable(who), (kind, version)):
            if ENDINGS[file.media_type] == ending:
                reads.note(who, f"{kind} version {version}")
                break
        else:
            raise not_found()
    return file, service.objects.get(file.key)


def stages_to_read(stage: Stage) -> tuple[str, ...]:
    """Documents made at which stages may be read now: once closed, only those that hold totals (domain.md §4)."""
    return (Stage.CLOSED,) if stage == Stage.CLOSED else tuple(s for s in ORDER if s != Stage.CLOSED)


def _readable(who: Member) -> Readable:
    """The host's own people read every version; everybody else none from before the release, and none called back."""
    return Readable(who.exercise.id, stages_to_read(who.exercise.stage), all=who.of_host)


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


def why_not_made(service: Service, person_id: str, exercise_id: str) -> str:
    """What to tell those who may ask for documents when the last request failed; empty when it did not."""
    with service.database.reading() as tx:
        who = reader(tx, service, person_id, exercise_id, "documents.read")
        last = documents.last_request(tx, exercise_id) if who.may("documents.make") else None
    return last.told if last is not None and last.state == "failed" else ""


def _make_documents(service: Service, exercise_id: str) -> bool:
    with service.database.reading() as tx:
        asked = documents.waiting(tx, 1, exercise_id)
        exercise = directory.exercise(tx, exercise_id)
        contents = _contents(tx, exercise) if exercise else {}
    if not asked:
        return False
    made = sum(_keep_version(service, exercise, kind, content) for kind, content in contents.items() if exercise)
    with service.database.transaction(exercise_id) as tx:
        # News that came in while we made them found this request waiting and asked for no other.
        documents.hold_request(tx, asked[0].id)
        if _all_is_said(tx, exercise, directory.exercise(tx, exercise_id), contents):
            new = "1 new document." if made == 1 else f"{made} new documents."
            told = new if made else "Nothing new: the newest version says it all."
            documents.close_request(tx, asked[0].id, "done", told)
    return True


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


def _keep_version(service: Service, exercise: ExerciseEntry, kind: str, content: Content) -> bool:
    """Store a new version unless the newest says the same and was made since the last release.

    The bytes lie in the store before the index names them.
    """
    fingerprint = content_hash(content)
    with service.database.reading() as tx:
        newest = documents.newest(tx, exercise.id, kind)
        first = open_documents.first_for_others(tx, exercise.id, kind)
    same = newest is not None and newest.content_sha256 == fingerprint
    if newest and same and newest.version >= first and newest.stage in stages_to_read(exercise.stage):
        return False
    version = newest.version + 1 if newest else 1
    made_at = service.clock.now()
    pictures = _pictures(service, content)
    shown = _without_keys(content)
    bodies = {
        JSON_TYPE: as_json(shown, version, made_at),
        HTML_TYPE: as_html(shown, version, day_here(made_at), words_for_documents(), pictures),
    }
    files = []
    for media_type, body in bodies.items():
        ending = ENDINGS[media_type]
        key = f"{documents.PREFIX}{exercise.id}/{kind}/{version}/{sha256(body).hexdigest()}.{ending}"
        stored = service.objects.put(key, body, media_type)
        files.append(
            DocumentFile(
                exercise.id,
                kind,
                version,
                media_type,
                fingerprint,
                stored.key,
                stored.sha256,
                stored.bytes,
                made_at,
                exercise.stage,
            )
        )
    with service.database.transaction(exercise.id) as tx:
        for file in files:
            documents.add(tx, file)
    return True


def _pictures(service: Service, content: Content) -> dict[str, str]:
    pictures = {}
    for photo in _photos(content):
        display = photo.get("display")
        if not isinstance(display, Mapping) or photo["id"] in pictures:
            continue
        try:
            drawn = with_marks(service.objects.get(display["key"]), photo.get("marks") or [])
        except (ObjectMissing, PhotoUnreadable):
            continue  # the list of marks still says in words what was on it
        pictures[photo["id"]] = as_data_uri(drawn)
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
