"""The tables of assessment. Nobody is named in them: a volunteer is a pseudonym, a reader a person's id."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, MetaData, String, Table, Text, false

metadata = MetaData()

visits = Table(
    "visits",
    metadata,
    Column("visit_id", String, primary_key=True),
    Column("exercise_id", String, nullable=False),
    Column("site_id", String, nullable=False),
    Column("wave", Integer, nullable=False),
    Column("volunteer_key", String),
    Column("version", Integer, nullable=False),
    Column("received_at", String),
    Column("kind", String),
    # What was answered, without what scoring does not need; null once withdrawn.
    Column("body", JSON),
    Column("withdrawn", Boolean, nullable=False),
    # Whether this version is in its wave's tally.
    Column("counted", Boolean, nullable=False),
    # The request and the event by which it came to be as it is.
    Column("correlation_id", String),
    Column("causation_id", String),
    Index("visits_by_volunteer", "exercise_id", "site_id", "wave", "volunteer_key", "received_at", "visit_id"),
)
Index(
    "visits_uncounted",
    visits.c.visit_id,
    sqlite_where=visits.c.counted == false(),
    postgresql_where=visits.c.counted == false(),
)

visits_to_uncount = Table(
    "visits_to_uncount",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("visit_id", String, nullable=False),
    Column("exercise_id", String, nullable=False),
    Column("site_id", String, nullable=False),
    Column("wave", Integer, nullable=False),
    Column("volunteer_key", String, nullable=False),
    Column("received_at", String, nullable=False),
    Column("body", JSON, nullable=False),
)

wave_tallies = Table(
    "wave_tallies",
    metadata,
    Column("exercise_id", String, primary_key=True),
    Column("site_id", String, primary_key=True),
    Column("wave", Integer, primary_key=True),
    Column("rules", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("seen", JSON, nullable=False),
    Column("people", JSON, nullable=False),
    Column("ratings", JSON, nullable=False),
)

volunteer_cards = Table(
    "volunteer_cards",
    metadata,
    Column("exercise_id", String, primary_key=True),
    Column("site_id", String, primary_key=True),
    Column("wave", Integer, primary_key=True),
    Column("volunteer_key", String, primary_key=True),
    Column("marks", JSON, nullable=False),
    Column("first_received_at", String),
    Column("first_visit_id", String),
    Column("ratings", JSON, nullable=False),
)

released_words = Table(
    "released_words",
    metadata,
    Column("words_id", String, primary_key=True),
    Column("as_of", String, nullable=False),
    Column("held_back", Boolean, nullable=False),
    Column("visit_id", String, nullable=False),
    Column("exercise_id", String, nullable=False),
    Column("site_id", String, nullable=False),
    Column("wave", Integer),
    Column("item", String),
    Column("zone", String),
    Column("stage", String),
    Column("text", Text),
    Index("released_words_by_site", "exercise_id", "site_id"),
    Index("released_words_by_visit", "visit_id"),
)

released_photos = Table(
    "released_photos",
    metadata,
    Column("photo_id", String, primary_key=True),
    Column("as_of", String, nullable=False),
    Column("held_back", Boolean, nullable=False),
    Column("visit_id", String, nullable=False),
    Column("exercise_id", String, nullable=False),
    Column("site_id", String, nullable=False),
    Column("wave", Integer),
    Column("zone", String),
    Column("display", JSON),
    Column("thumbnail", JSON),
    Column("annotations", JSON),
    Index("released_photos_by_site", "exercise_id", "site_id"),
    Index("released_photos_by_visit", "visit_id"),
)

finding_replies = Table(
    "finding_replies",
    metadata,
    Column("reply_id", String, primary_key=True),
    Column("finding_id", String, nullable=False),
    Column("exercise_id", String, nullable=False),
    Column("site_id", String, nullable=False),
    Column("person_id", String, nullable=False),
    Column("at", String, nullable=False),
    Column("text", Text, nullable=False),
    Index("finding_replies_by_site", "exercise_id", "site_id", "at"),
)

site_findings = Table(
    "site_findings",
    metadata,
    Column("exercise_id", String, primary_key=True),
    Column("site_id", String, primary_key=True),
    Column("revision", Integer, nullable=False),
    # Item, zone and id of each finding as last told, to know whose story changes with the next.
    Column("drawn", JSON, nullable=False),
)

sites_to_announce = Table(
    "sites_to_announce",
    metadata,
    Column("exercise_id", String, primary_key=True),
    Column("site_id", String, primary_key=True),
    # The first wave whose result changed; those after it may change with it.
    Column("from_wave", Integer, nullable=False),
)

visits_to_announce = Table(
    "visits_to_announce",
    metadata,
    Column("visit_id", String, primary_key=True),
    Column("exercise_id", String, nullable=False),
    Column("site_id", String, nullable=False),
    Index("visits_to_announce_by_site", "exercise_id", "site_id"),
)

embargoed_reads = Table(
    "embargoed_reads",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False),
    Column("person_id", String, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("exercise_id", String, nullable=False),
    Column("what", String, nullable=False),
)
