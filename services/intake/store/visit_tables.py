"""The tables of visits, their photos, voice notes and words. No column of theirs holds a person: only pseudonyms."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, text

metadata = MetaData()


def _where(name: str, *columns: str, where: str) -> Index:
    """An index of those rows only that something is still to be done with, so that it stays small."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


visits = Table(
    "visits",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("volunteer_key", String(32), nullable=False),
    Column("exercise_id", String(36), nullable=False),
    Column("site_id", String(36), nullable=False),
    Column("wave", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("part_of_day", String(10), nullable=False),
    Column("site_zones", JSON, nullable=False),
    Column("received_at", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("announced", Integer, nullable=False),  # the last version that was told of, 0 for none
    Column("last_event", String(36)),
    Column("withdrawn_at", String(40)),
    Column("used", Boolean),  # whether its present version may count; None: nobody has looked yet
    Index("visits_by_volunteer", "volunteer_key", "received_at", "id"),
    Index("visits_in_order", "exercise_id", "site_id", "wave", "id"),
    _where("visits_to_be_told", "exercise_id", "wave", where="announced < version AND withdrawn_at IS NULL"),
    _where("visits_withdrawn", "withdrawn_at", "id", where="withdrawn_at IS NOT NULL"),
)

# Kept by triggers on `visits`, in the transaction of the visit (ADR 0021): nothing here writes to it.
visit_counts = Table(
    "visit_counts",
    metadata,
    Column("volunteer_key", String(32), primary_key=True),
    Column("site_id", String(36), primary_key=True),
    Column("wave", Integer, primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("part_of_day", String(10), primary_key=True),
    Column("exercise_id", String(36), nullable=False),
    Column("sent", Integer, nullable=False),  # all of them
    Column("kept", Integer, nullable=False),  # those that were not taken back
    Column("counted", Integer, nullable=False),  # of these, those that were told of and may be used
    Index("visit_counts_by_exercise", "exercise_id"),
)

# A version is never changed; its content goes when the volunteer takes the visit back.
visit_versions = Table(
    "visit_versions",
    metadata,
    Column("visit_id", String(36), ForeignKey("visits.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("content", JSON(none_as_null=True)),
    Column("at", String(40), nullable=False),
    Column("by", String(32), nullable=False),
    Column("correlation_id", String(36)),  # of the request it came with
)

photos = Table(
    "photos",
    metadata,
    Column("visit_id", String(36), primary_key=True),
    Column("photo_id", String(36), primary_key=True),
    Column("volunteer_key", String(32), nullable=False),
    Column("exercise_id", String(36), nullable=False),
    Column("listed", Boolean, nullable=False),  # named by the present version of a visit that was sent
    Column("may_use", Boolean, nullable=False),  # the consent `use_photos` of the present version
    Column("sha256", String(64), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("zone", String(2), nullable=False),
    Column("state", String(10), nullable=False),
    Column("code", String(30)),  # of the refusal
    Column("why", Text),
    Column("display", JSON(none_as_null=True)),  # key, sha256, media_type, width, height
    Column("thumbnail", JSON(none_as_null=True)),
    Column("safe_at", String(40)),
    Column("finished_at", String(40)),  # cleaned and verified, or refused
    Column("original_erased_at", String(40)),
    Column("review", String(10), nullable=False),
    Column("reviewed_at", String(40)),
    Column("copies_erased_at", String(40)),
    Index("photos_by_state", "state"),
    Index("photos_by_hash", "sha256"),
    Index("photos_by_exercise", "exercise_id", "review", "finished_at", "photo_id"),
    _where("photos_original_kept", "finished_at", where="original_erased_at IS NULL AND safe_at IS NOT NULL"),
    _where("photos_held_back", "review", "reviewed_at", where="copies_erased_at IS NULL AND reviewed_at IS NOT NULL"),
    _where("photos_copies_kept", "listed", "finished_at", where="copies_erased_at IS NULL AND display IS NOT NULL"),
    # And by the key of each copy, in words of each database's own: migration 0015.
)

voice_notes = Table(
    "voice_notes",
    metadata,
    Column("visit_id", String(36), primary_key=True),
    Column("voice_id", String(36), primary_key=True),
    Column("volunteer_key", String(32), nullable=False),
    Column("exercise_id", String(36), nullable=False),
    Column("listed", Boolean, nullable=False),  # named by the present version of a visit that was sent
    Column("may_use", Boolean, nullable=False),  # a second person may listen, says the present version
    Column("may_quote", Boolean, nullable=False),  # what was said may be quoted
    Column("sha256", String(64), nullable=False),
    Column("media_type", String(20), nullable=False),
    Column("size", Integer, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("zone", String(2)),
    Column("stage", String(2)),
    Column("item", String(20)),
    Column("state", String(10), nullable=False),
    Column("code", String(30)),  # of the refusal
    Column("why", Text),
    Column("safe_at", String(40)),
    Column("heard", String(10), nullable=False),
    Column("heard_at", String(40)),
    Column("written", Text),  # what the second person wrote down of it
    Column("erased_at", String(40)),
    Column("erased_why", String(30)),
    Index("voice_notes_by_hash", "sha256"),
    Index("voice_notes_by_exercise", "exercise_id", "heard", "safe_at", "voice_id"),
    _where("voice_notes_heard", "heard", "heard_at", where="erased_at IS NULL AND safe_at IS NOT NULL"),
    _where("voice_notes_kept", "listed", "may_use", "safe_at", where="erased_at IS NULL AND safe_at IS NOT NULL"),
)

words = Table(
    "words",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("visit_id", String(36), ForeignKey("visits.id"), nullable=False),
    Column("volunteer_key", String(32), nullable=False),
    Column("exercise_id", String(36), nullable=False),
    Column("item", String(20)),
    Column("zone", String(2)),
    Column("stage", String(2)),
    Column("text", Text, nullable=False),
    Column("shared", Text),
    Column("state", String(10), nullable=False),
    Column("decided_at", String(40)),
    Column("since", String(40)),  # when their visit came
    Index("words_by_exercise", "exercise_id", "state", "since", "id"),
    Index("words_by_visit", "visit_id"),
)

# What the second person did, in order; a mistake is undone by a further line, never by taking one out.
care_acts = Table(
    "care_acts",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("exercise_id", String(36), nullable=False),
    Column("thing", String(10), nullable=False),  # words, photo or voice
    Column("visit_id", String(36), nullable=False),
    Column("thing_id", String(36), nullable=False),
    Column("act", String(10), nullable=False),
    Column("person_id", String(36), nullable=False),  # the keeper, never the volunteer
    Column("at", String(40), nullable=False),
    Index("care_acts_by_exercise", "exercise_id"),
)

# A visit being filled in on the pages. It goes when the visit is sent.
drafts = Table(
    "visit_drafts",
    metadata,
    Column("visit_id", String(36), primary_key=True),
    Column("volunteer_key", String(32), nullable=False),
    Column("exercise_id", String(36), nullable=False),
    Column("assignment_id", String(36), nullable=False),
    Column("content", JSON, nullable=False),
    Column("saved_at", String(40), nullable=False),
    Index("visit_drafts_by_volunteer", "volunteer_key"),
    Index("visit_drafts_by_age", "saved_at"),
)

# Append-only: what went because its time had come. Nobody is named in it.
retention_acts = Table(
    "retention_acts",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("what", String(20), nullable=False),  # draft or identity-link
    Column("exercise_id", String(36), nullable=False),
    Column("about", String(36)),  # the visit a draft was of
    Column("things", Integer, nullable=False),  # how many: drafts, or people
    Column("at", String(40), nullable=False),
    Index("retention_acts_by_exercise", "exercise_id", "what"),
)

erasures = Table(
    "photo_erasures",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("visit_id", String(36), nullable=False),
    Column("photo_id", String(36), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("what", String(10), nullable=False),  # original or copies
    Column("why", String(30), nullable=False),
    Column("at", String(40), nullable=False),
)

# What lay in the object store, was named by no row, and was erased: whoever writes it again at that moment finds out.
swept = Table(
    "swept_objects",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("at", String(40), nullable=False),
)
