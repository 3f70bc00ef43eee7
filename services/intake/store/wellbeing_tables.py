"""The tables of care. They know the person, for a buddy must know whom to call, and so never a visit or a pseudonym."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

trips = Table(
    "trips",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("exercise_id", String(36), nullable=False),
    Column("site_id", String(36), nullable=False),
    Column("assignment_id", String(36)),  # empty once the feelings log is erased, and so is the next
    Column("volunteer_id", String(36)),
    Column("made_at", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("before", String(20)),
    Column("in_at", String(40)),
    Column("due_out", String(40)),
    Column("out_at", String(40)),
    Column("out_told_at", String(40)),  # when we heard of it, where a phone told it late
    Column("stopped_at", String(40)),
    Column("stop_told_at", String(40)),  # the same
    Column("debriefed_at", String(40)),
    Column("told", Integer, nullable=False),  # how many of the late steps were taken
    Column("look_at", String(40)),  # when the next of them is due
    Column("prepared", JSON(none_as_null=True)),
    Column("times_until", String(40)),
    Column("feelings_until", String(40)),
    Index("trips_by_assignment", "assignment_id"),
    Index("trips_by_volunteer", "volunteer_id"),
    Index("trips_by_exercise", "exercise_id"),
    Index("trips_to_look_at", "look_at"),
    Index("trips_times_until", "times_until"),
    Index("trips_feelings_until", "feelings_until"),
)

# The feelings log: for the volunteer and their buddy, nobody else (domain.md §4).
trip_feelings = Table(
    "trip_feelings",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("trip_id", String(36), ForeignKey("trips.id"), nullable=False),
    Column("point", String(20), nullable=False),
    Column("face", Integer),
    Column("words", Text),
    Index("trip_feelings_by_trip", "trip_id"),
)

# Append-only; the hours go with the other hours of the trip, that it happened stays.
trip_steps = Table(
    "trip_steps",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("trip_id", String(36), ForeignKey("trips.id"), nullable=False),
    Column("act", String(20), nullable=False),
    Column("by", String(20), nullable=False),  # volunteer, buddy, lead or clock
    Column("at", String(40)),
    Column("told_at", String(40)),  # when we heard of it, where that was later
    Index("trip_steps_by_trip", "trip_id"),
)

care_notices = Table(
    "care_notices",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("trip_id", String(36), ForeignKey("trips.id"), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", String(40), nullable=False),
    Column("seen_at", String(40)),
    Index("care_notices_by_person", "person_id", "seen_at"),
    Index("care_notices_by_trip", "trip_id"),
)

care_erasures = Table(
    "care_erasures",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("trip_id", String(36), nullable=False),
    Column("what", String(20), nullable=False),  # times or feelings
    Column("at", String(40), nullable=False),
)

care_numbers = Table(
    "care_numbers",
    metadata,
    Column("person_id", String(36), primary_key=True),
    Column("number", String(40), nullable=False),
    Column("at", String(40), nullable=False),
)
