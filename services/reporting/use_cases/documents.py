"""Asking for documents, seeing which there are, reading one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from services.reporting.documents.formats import OF_TYPE, formats_of, place_in_list
from services.reporting.domain.pack import KINDS
from services.reporting.store import documents
from services.reporting.store.documents import DocumentFile, DocumentRequest, Readable
from services.reporting.use_cases.members import Member, looking, member, reader
from shared.access.directory import ExerciseEntry
from shared.access.stages import ORDER, Stage
from shared.contracts.refusals import FieldError, invalid, not_found
from shared.runtime.service import Service


@dataclass(frozen=True, slots=True)
class Document:
    """One version of one document with its files, in the order in which people look for them."""

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
        found = [Document(kind, version, _in_order(held)) for (kind, version), held in files.items()]
    more = len(versions) > limit
    return found, f"{found[-1].kind}.{found[-1].version}" if more else None


def _in_order(files: Iterable[DocumentFile]) -> tuple[DocumentFile, ...]:
    return tuple(sorted(files, key=lambda file: place_in_list(file.media_type)))


def lacking(found: Sequence[Document]) -> list[str]:
    """The names of formats that the newest version of some kind does not have. `found` begins with the newest ones."""
    newest = {one.kind: one for one in reversed(found)}
    names: dict[str, None] = {}
    for kind, one in newest.items():
        held = {file.media_type for file in one.files}
        names |= {each.short: None for each in formats_of(kind) if each.media_type not in held}
    return list(names)


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
            if OF_TYPE[file.media_type].ending == ending:
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


def why_not_made(service: Service, person_id: str, exercise_id: str) -> str:
    """What to tell those who may ask for documents when the last request failed; empty when it did not."""
    with service.database.reading() as tx:
        who = reader(tx, service, person_id, exercise_id, "documents.read")
        last = documents.last_request(tx, exercise_id) if who.may("documents.make") else None
    return last.told if last is not None and last.state == "failed" else ""
