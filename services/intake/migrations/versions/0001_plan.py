"""The plan, its people, and what every service has: the directory's copy, outbox, inbox and dead letters."""

from alembic import op
from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Text

from shared.access.tables import create_directory_tables_v1
from shared.messaging.tables import create_messaging_tables_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    create_messaging_tables_v1(op)
    create_directory_tables_v1(op)
    op.create_table(
        "partners",
        Column("id", String(36), primary_key=True),
        Column("name", Text, nullable=False),
        Column("kind", String(20), nullable=False),
    )
    op.create_table(
        "sites",
        Column("id", String(36), primary_key=True),
        Column("partner_id", String(36), ForeignKey("partners.id"), nullable=False),
        Column("name", Text, nullable=False),
        Column("zones", JSON, nullable=False),
        Column("photos_allowed", Boolean, nullable=False),
    )
    op.create_table(
        "exercises",
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
    op.create_table(
        "exercise_sites",
        Column("exercise_id", String(36), ForeignKey("exercises.id"), primary_key=True),
        Column("site_id", String(36), ForeignKey("sites.id"), primary_key=True),
        Column("place", Integer, nullable=False),
    )
    op.create_table(
        "waves",
        Column("exercise_id", String(36), ForeignKey("exercises.id"), primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("opens", String(10), nullable=False),
        Column("closes", String(10), nullable=False),
    )
    op.create_table(
        "people",
        Column("id", String(36), primary_key=True),
        Column("name", Text, nullable=False),
        Column("version", Integer, nullable=False),
    )
    op.create_table(
        "memberships",
        Column("exercise_id", String(36), ForeignKey("exercises.id"), primary_key=True),
        Column("person_id", String(36), ForeignKey("people.id"), primary_key=True),
        Column("place", Integer, nullable=False),
        Column("roles", JSON, nullable=False),
        Column("representative", Boolean, nullable=False),
    )
    op.create_index("memberships_by_person", "memberships", ["person_id"])
    op.create_table(
        "scenarios",
        Column("id", String(36), primary_key=True),
        Column("exercise_id", String(36), ForeignKey("exercises.id"), nullable=False),
        Column("place", Integer, nullable=False),
        Column("title", Text, nullable=False),
        Column("channel", String(20), nullable=False),
        Column("stop_line", Text, nullable=False),
        Column("brief", JSON, nullable=False),
    )
    op.create_index("scenarios_by_exercise", "scenarios", ["exercise_id"])
    op.create_table(
        "assignments",
        Column("id", String(36), primary_key=True),
        Column("exercise_id", String(36), ForeignKey("exercises.id"), nullable=False),
        Column("place", Integer, nullable=False),
        Column("volunteer_id", String(36), ForeignKey("people.id"), nullable=False),
        Column("site_id", String(36), ForeignKey("sites.id"), nullable=False),
        Column("wave", Integer, nullable=False),
        Column("kind", String(20), nullable=False),
        Column("scenario_id", String(36), ForeignKey("scenarios.id")),
        Column("buddy_id", String(36), ForeignKey("people.id")),
        Column("state", String(20), nullable=False),
        Column("state_at", String(40)),
    )
    op.create_index("assignments_by_volunteer", "assignments", ["volunteer_id", "exercise_id"])
    op.create_index("assignments_by_exercise", "assignments", ["exercise_id"])
    op.create_table(
        "release_acts",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("exercise_id", String(36), ForeignKey("exercises.id"), nullable=False),
        Column("to_stage", String(20), nullable=False),
        Column("wave", Integer),
        Column("person_id", String(36), ForeignKey("people.id"), nullable=False),
        Column("given_at", String(40), nullable=False),
        Column("taken_back_at", String(40)),
        Column("completed_at", String(40)),
    )
    op.create_index("release_acts_by_exercise", "release_acts", ["exercise_id"])
    op.create_table(
        "stage_moves",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("exercise_id", String(36), ForeignKey("exercises.id"), nullable=False),
        Column("from_stage", String(20)),
        Column("to_stage", String(20), nullable=False),
        Column("wave", Integer),
        Column("person_id", String(36), ForeignKey("people.id")),
        Column("reason", Text),
        Column("at", String(40), nullable=False),
    )
    op.create_index("stage_moves_by_exercise", "stage_moves", ["exercise_id"])
    op.create_table(
        "closures",
        Column("exercise_id", String(36), ForeignKey("exercises.id"), primary_key=True),
        Column("person_id", String(36), ForeignKey("people.id"), nullable=False),
        Column("ticked", JSON, nullable=False),
        Column("statement", Text, nullable=False),
        Column("at", String(40), nullable=False),
    )
    op.create_table(
        "credentials",
        Column("id", String(36), primary_key=True),
        Column("person_id", String(36), ForeignKey("people.id"), nullable=False),
        Column("purpose", String(10), nullable=False),
        Column("made_at", String(40), nullable=False),
        Column("expires_at", String(40), nullable=False),
        Column("revoked_at", String(40)),
    )
    op.create_index("credentials_by_person", "credentials", ["person_id"])
    op.create_table(
        "embargoed_reads",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("exercise_id", String(36), nullable=False),
        Column("person_id", String(36), nullable=False),
        Column("what", Text, nullable=False),
        Column("at", String(40), nullable=False),
    )
