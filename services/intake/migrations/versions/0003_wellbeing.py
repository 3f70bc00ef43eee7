"""Care around a visit: trips there and back, feelings, steps, who was told, what was erased, numbers to call."""

from alembic import op
from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "trips",
        Column("id", String(36), primary_key=True),
        Column("exercise_id", String(36), nullable=False),
        Column("site_id", String(36), nullable=False),
        Column("assignment_id", String(36)),
        Column("volunteer_id", String(36)),
        Column("made_at", String(40), nullable=False),
        Column("state", String(20), nullable=False),
        Column("before", String(20)),
        Column("in_at", String(40)),
        Column("due_out", String(40)),
        Column("out_at", String(40)),
        Column("stopped_at", String(40)),
        Column("debriefed_at", String(40)),
        Column("told", Integer, nullable=False),
        Column("look_at", String(40)),
        Column("prepared", JSON(none_as_null=True)),
        Column("times_until", String(40)),
        Column("feelings_until", String(40)),
    )
    op.create_table(
        "trip_feelings",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("trip_id", String(36), ForeignKey("trips.id"), nullable=False),
        Column("point", String(20), nullable=False),
        Column("face", Integer),
        Column("words", Text),
    )
    op.create_table(
        "trip_steps",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("trip_id", String(36), ForeignKey("trips.id"), nullable=False),
        Column("act", String(20), nullable=False),
        Column("by", String(20), nullable=False),
        Column("at", String(40)),
    )
    op.create_table(
        "care_notices",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("trip_id", String(36), ForeignKey("trips.id"), nullable=False),
        Column("person_id", String(36), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("at", String(40), nullable=False),
        Column("seen_at", String(40)),
        Column("posted_at", String(40)),
    )
    op.create_table(
        "care_erasures",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("trip_id", String(36), nullable=False),
        Column("what", String(20), nullable=False),
        Column("at", String(40), nullable=False),
    )
    op.create_table(
        "care_numbers",
        Column("person_id", String(36), primary_key=True),
        Column("number", String(40), nullable=False),
        Column("at", String(40), nullable=False),
    )
    op.create_index("trips_by_assignment", "trips", ["assignment_id"])
    op.create_index("trips_by_volunteer", "trips", ["volunteer_id"])
    op.create_index("trips_by_exercise", "trips", ["exercise_id"])
    op.create_index("trips_to_look_at", "trips", ["look_at"])
    op.create_index("trips_times_until", "trips", ["times_until"])
    op.create_index("trips_feelings_until", "trips", ["feelings_until"])
    op.create_index("trip_feelings_by_trip", "trip_feelings", ["trip_id"])
    op.create_index("trip_steps_by_trip", "trip_steps", ["trip_id"])
    op.create_index("care_notices_by_person", "care_notices", ["person_id", "seen_at"])
    op.create_index("care_notices_by_trip", "care_notices", ["trip_id"])
    op.create_index("care_notices_to_post", "care_notices", ["posted_at"])
