"""How many visits there are of each kind, kept by the database itself, so that no page counts visits (ADR 0021), and
what waits for a second person in the order in which it is asked for."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

AT_ONCE = 500
KEY = ("volunteer_key", "site_id", "wave", "kind", "part_of_day")
TELLS = "{row}.withdrawn_at IS NULL AND {row}.announced > 0 AND {row}.used IS TRUE"


def upgrade() -> None:
    """Yesterday's code knows nothing of the table, and what it writes is counted all the same."""
    op.create_table(
        "visit_counts",
        sa.Column("volunteer_key", sa.String(32), primary_key=True),
        sa.Column("site_id", sa.String(36), primary_key=True),
        sa.Column("wave", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("part_of_day", sa.String(10), primary_key=True),
        sa.Column("exercise_id", sa.String(36), nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("kept", sa.Integer, nullable=False),
        sa.Column("counted", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("visit_counts_by_exercise", "visit_counts", ["exercise_id"])
    put_what_waits_in_order()
    op.drop_index("visits_by_volunteer", "visits")
    op.create_index("visits_by_volunteer", "visits", ["volunteer_key", "received_at", "id"])
    look_at_those_nobody_looked_at()
    # From here on a visit that does not say whether it may count is one of code that is older than yesterday's.
    nobody_looked = sa.text("used IS NULL")
    op.create_index(
        "visits_nobody_looked_at",
        "visits",
        ["exercise_id"],
        sqlite_where=nobody_looked,
        postgresql_where=nobody_looked,
    )
    op.execute(
        f"INSERT INTO visit_counts ({', '.join(KEY)}, exercise_id, sent, kept, counted)"
        f" SELECT {', '.join(KEY)}, exercise_id, count(*), {total('withdrawn_at IS NULL')},"
        f" {total(TELLS.format(row='visits'))} FROM visits GROUP BY {', '.join(KEY)}, exercise_id"
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in on_sqlite():
            op.execute(statement)
    else:
        for statement in on_postgresql():
            op.execute(statement)


def put_what_waits_in_order() -> None:
    op.add_column("words", sa.Column("since", sa.String(40)))
    op.execute("UPDATE words SET since = (SELECT received_at FROM visits WHERE visits.id = words.visit_id)")
    for table, order in {
        "words": ("state", "since", "id"),
        "photos": ("review", "finished_at", "photo_id"),
        "voice_notes": ("heard", "safe_at", "voice_id"),
    }.items():
        op.drop_index(f"{table}_by_exercise", table)
        op.create_index(f"{table}_by_exercise", table, ["exercise_id", *order])


def total(condition: str) -> str:
    return f"coalesce(sum(CASE WHEN {condition} THEN 1 ELSE 0 END), 0)"


def look_at_those_nobody_looked_at() -> None:
    """Stopped early, and not to be kept: such a visit may not count. An erased one says nothing and is withdrawn."""
    database = op.get_bind()
    some = sa.text(
        "SELECT visits.id, visit_versions.content FROM visits JOIN visit_versions"
        " ON visit_versions.visit_id = visits.id AND visit_versions.version = visits.version"
        f" WHERE visits.used IS NULL LIMIT {AT_ONCE}"
    )
    mark = sa.text("UPDATE visits SET used = :used WHERE id = :id")
    while found := database.execute(some).all():
        for visit_id, content in found:
            said = json.loads(content or "{}") if isinstance(content, str) else content or {}
            used = not said.get("stopped_early") or bool(said.get("keep_answers"))
            database.execute(mark, {"used": used, "id": visit_id})


def add(row: str, sign: str) -> str:
    """One line that counts a visit in (`+`) or out (`-`)."""
    key = ", ".join(f"{row}.{name}" for name in KEY)
    counts = f"{sign}1, {sign}(CASE WHEN {row}.withdrawn_at IS NULL THEN 1 ELSE 0 END)"
    return f"({key}, {row}.exercise_id, {counts}, {sign}(CASE WHEN {TELLS.format(row=row)} THEN 1 ELSE 0 END))"


def count(line: str) -> str:
    """The statement that adds such a line to the counts."""
    return (
        f"INSERT INTO visit_counts ({', '.join(KEY)}, exercise_id, sent, kept, counted) VALUES {line}"
        f" ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET sent = visit_counts.sent + excluded.sent,"
        " kept = visit_counts.kept + excluded.kept, counted = visit_counts.counted + excluded.counted;"
    )


WATCHED = ("part_of_day", "announced", "used", "withdrawn_at")
CHANGED = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in ("part_of_day", "used", "withdrawn_at"))
"""Of `announced` only that it was told of at all matters."""


def on_sqlite() -> list[str]:
    changed = CHANGED.replace("IS DISTINCT FROM", "IS NOT")
    told = "(OLD.announced > 0) <> (NEW.announced > 0)"
    return [
        f"CREATE TRIGGER visit_sent AFTER INSERT ON visits BEGIN {count(add('NEW', '+'))} END",
        f"CREATE TRIGGER visit_changed AFTER UPDATE OF {', '.join(WATCHED)} ON visits WHEN {changed} OR {told}"
        f" BEGIN {count(add('OLD', '-'))} {count(add('NEW', '+'))} END",
        f"CREATE TRIGGER visit_gone AFTER DELETE ON visits BEGIN {count(add('OLD', '-'))} END",
    ]


def on_postgresql() -> list[str]:
    told = "(OLD.announced > 0) IS DISTINCT FROM (NEW.announced > 0)"
    # In the order of the keys: two corrections of one volunteer's that cross never wait for each other.
    return [
        "CREATE FUNCTION count_visit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'INSERT' THEN {count(add('NEW', '+'))}"
        f" ELSIF TG_OP = 'DELETE' THEN {count(add('OLD', '-'))}"
        f" ELSIF OLD.part_of_day < NEW.part_of_day THEN {count(add('OLD', '-'))} {count(add('NEW', '+'))}"
        f" ELSE {count(add('NEW', '+'))} {count(add('OLD', '-'))}"
        " END IF; RETURN NULL; END $$",
        "CREATE TRIGGER visit_sent_or_gone AFTER INSERT OR DELETE ON visits"
        " FOR EACH ROW EXECUTE FUNCTION count_visit()",
        f"CREATE TRIGGER visit_changed AFTER UPDATE OF {', '.join(WATCHED)} ON visits FOR EACH ROW"
        f" WHEN ({CHANGED} OR {told}) EXECUTE FUNCTION count_visit()",
    ]
