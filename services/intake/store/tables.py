"""The tables of the plan and its people. Names of people stand in one table here and nowhere else in the product."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

partners = Table(
    "partners",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(20), nullable=False),
)

sites = Table(
    "sites",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("partner_id", String(36), ForeignKey("partners.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("zones", JSON, nullable=False),
    Column("photos_allowed", Boolean, nullable=False),
)

exercises = Table(
    "exercises",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("partner_id", String(36), ForeignKey("partners.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("mode", String(20), nullable=False),
    Column("sponsor_decision", JSON),
    Column("stage", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("shared_before", Boolean, nullable=False),
    Column("wave_releases", JSON, nullable=False),
    Column("created_at", String(40), nullable=False),
)

exercise_sites = Table(
    "exercise_sites",
    metadata,
    Column("exercise_id", String(36), ForeignKey("exercises.id"), primary_key=True),
    Column("site_id", String(36), ForeignKey("sites.id"), primary_key=True),
    Column("place", Integer, nullable=False),
)

waves = Table(
    "waves",
    metadata,
    Column("exercise_id", String(36), ForeignKey("exercises.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("opens", String(10), nullable=False),
    Column("closes", String(10), nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("exercise_id", String(36), ForeignKey("exercises.id"), primary_key=True),
    Column("person_id", String(36), ForeignKey("people.id"), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("representative", Boolean, nullable=False),
    Index("memberships_by_person", "person_id"),
)

scenarios = Table(
    "scenarios",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("exercise_id", String(36), ForeignKey("exercises.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("stop_line", Text, nullable=False),
    Column("brief", JSON, nullable=False),  # what may be left out: character, opening line, facts, …
    Index("scenarios_by_exercise", "exercise_id"),
)

assignments = Table(
    "assignments",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("exercise_id", String(36), ForeignKey("exercises.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("volunteer_id", String(36), ForeignKey("people.id"), nullable=False),
    Column("site_id", String(36), ForeignKey("sites.id"), nullable=False),
    Column("wave", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("scenario_id", String(36), ForeignKey("scenarios.id")),
    Column("buddy_id", String(36), ForeignKey("people.id")),
    Column("state", String(20), nullable=False),  # offered, accepted, swap-asked, declined
    Column("state_at", String(40)),
    Index("assignments_by_volunteer", "volunteer_id", "exercise_id"),
    Index("assignments_by_exercise", "exercise_id"),
)

# Append-only: an act is never deleted, it is taken back or completed.
release_acts = Table(
    "release_acts",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("exercise_id", String(36), ForeignKey("exercises.id"), nullable=False),
    Column("to_stage", String(20), nullable=False),
    Column("wave", Integer),
    Column("person_id", String(36), ForeignKey("people.id"), nullable=False),
    Column("given_at", String(40), nullable=False),
    Column("taken_back_at", String(40)),
    Column("completed_at", String(40)),
    Index("release_acts_by_exercise", "exercise_id"),
)

stage_moves = Table(
    "stage_moves",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("exercise_id", String(36), ForeignKey("exercises.id"), nullable=False),
    Column("from_stage", String(20)),
    Column("to_stage", String(20), nullable=False),
    Column("wave", Integer),
    Column("person_id", String(36), ForeignKey("people.id")),
    Column("reason", Text),
    Column("at", String(40), nullable=False),
    Index("stage_moves_by_exercise", "exercise_id"),
)

closures = Table(
    "closures",
    metadata,
    Column("exercise_id", String(36), ForeignKey("exercises.id"), primary_key=True),
    Column("person_id", String(36), ForeignKey("people.id"), nullable=False),
    Column("ticked", JSON, nullable=False),
    Column("statement", Text, nullable=False),
    Column("at", String(40), nullable=False),
)

credentials = Table(
    "credentials",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("person_id", String(36), ForeignKey("people.id"), nullable=False),
    Column("purpose", String(10), nullable=False),
    Column("made_at", String(40), nullable=False),
    Column("expires_at", String(40), nullable=False),
    Column("revoked_at", String(40)),
    # The exercise on whose plan a lead made this link, and whether its person came in by it. Empty of every other one.
    Column("made_in", String(36)),
    Column("used", Boolean),
    Index("credentials_by_person", "person_id"),
    Index("credentials_by_plan", "made_in"),
)

# Append-only: who made a way in for somebody, and who took all of somebody's ways in back. Never the way in itself.
access_acts = Table(
    "access_acts",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("exercise_id", String(36), nullable=False),  # on whose plan it was done
    Column("by", String(36), nullable=False),  # who did it
    Column("act", String(20), nullable=False),
    Column("person_id", String(36), nullable=False),  # whose way in it is
    Column("ways", Integer, nullable=False),  # how many
    Column("at", String(40), nullable=False),
    Index("access_acts_by_exercise", "exercise_id"),
)

# Append-only: who read what of an exercise that is still under embargo (domain.md §4, hard rule 5).
embargoed_reads = Table(
    "embargoed_reads",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("exercise_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("what", Text, nullable=False),
    Column("at", String(40), nullable=False),
)
