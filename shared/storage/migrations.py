"""Brings a service's database to the shape its code expects, by that service's own Alembic history."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from shared.storage.database import Database


class NewerDatabase(Exception):
    """The database was written by a newer version of this program, which knows steps that this one does not."""


def upgrade(database: Database, package: str) -> None:
    """Run every step of `package`'s history that the database has not had. Raises NewerDatabase."""
    folder = Path(str(import_module(package).__file__)).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    with database.transaction() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
        if here is not None and here not in {step.revision for step in script.walk_revisions()}:
            raise NewerDatabase(f"{package} was last used with a newer version of Open Door (step {here}).")
        if here != script.get_current_head():
            _run(connection, config, script)


def _run(connection: Connection, config: Config, script: ScriptDirectory) -> None:
    head = script.get_current_head()

    def steps(revision: object, _context: object) -> object:
        return script._upgrade_revs(head, revision)  # type: ignore[arg-type]

    environment = EnvironmentContext(config, script, fn=steps, destination_rev=head)
    with environment:
        environment.configure(connection=connection, transactional_ddl=False)
        environment.run_migrations()
