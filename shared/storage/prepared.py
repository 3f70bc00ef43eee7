"""Statements that run for every visit, compiled once. On SQLite what SQLAlchemy does around a statement costs many
times what the statement costs, so there its text goes straight to the driver; elsewhere it runs as any other."""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Executable, Insert, Select
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, Any]
_Change = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement as the driver takes it: its text, its values in order (name, value if none is given, how it is
    written), how each column that comes back is read, and what makes a row of them."""

    text: str
    values: tuple[tuple[str, Any, _Change], ...]
    columns: tuple[_Change, ...]
    row: Callable[..., Any]

    def arguments(self, values: Values) -> list[Any]:
        found = []
        for name, default, write in self.values:
            value = values.get(name, default)
            found.append(value if write is None else write(value))
        return found

    def read(self, found: Sequence[Any]) -> Any:
        return self.row(
            *[value if read is None else read(value) for value, read in zip(found, self.columns, strict=True)]
        )


class Prepared:
    """A statement whose shape never changes. `names` are the columns an insert fills, where not all of them."""

    def __init__(self, statement: Executable, *names: str) -> None:
        self.statement = statement
        self._names = names
        self._plan: _Plan | None = None

    def run(self, tx: Connection, values: Values) -> int:
        """Run it once; how many rows it changed."""
        if tx.dialect.name == "sqlite":
            plan = self._planned(tx.dialect)
            try:
                return int(driver(tx).execute(plan.text, plan.arguments(values)).rowcount)
            except sqlite3.Error as error:
                raise _as_everybody_knows_it(tx, plan.text, error) from error
        return int(tx.execute(self.statement, dict(values)).rowcount)

    def run_all(self, tx: Connection, rows: Sequence[Values]) -> None:
        """Run it for each row; for none, not at all."""
        if not rows:
            return
        if tx.dialect.name == "sqlite":
            plan = self._planned(tx.dialect)
            try:
                driver(tx).executemany(plan.text, [plan.arguments(row) for row in rows])
            except sqlite3.Error as error:
                raise _as_everybody_knows_it(tx, plan.text, error) from error
        else:
            tx.execute(self.statement, [dict(row) for row in rows])

    def rows(self, tx: Connection, values: Values) -> list[Any]:
        """What it finds: tuples whose parts have the names of the columns too."""
        if tx.dialect.name == "sqlite":
            plan = self._planned(tx.dialect)
            return [plan.read(row) for row in _ask(tx, plan.text, plan.arguments(values))]
        return list(tx.execute(self.statement, dict(values)))

    def first(self, tx: Connection, values: Values) -> Any:
        """The first of what it finds, or None."""
        found = self.rows(tx, values)
        return found[0] if found else None

    def _planned(self, dialect: Dialect) -> _Plan:
        if self._plan is None:
            self._plan = self._compiled(dialect)
        return self._plan

    def _compiled(self, dialect: Dialect) -> _Plan:
        statement: Any = self.statement
        names = self._names or (tuple(statement.table.columns.keys()) if isinstance(statement, Insert) else ())
        compiled = statement.compile(dialect=dialect, column_keys=list(names) if names else None)
        values = tuple(
            (name, compiled.params.get(name), compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        )
        selected = list(statement.selected_columns) if isinstance(statement, Select) else []
        columns = tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in selected)
        names_of_row = [getattr(column, "key", None) or "_" for column in selected]
        row = namedtuple("row", names_of_row, rename=True)  # type: ignore[misc]
        return _Plan(str(compiled), values, columns, row)


def command(tx: Connection, text: str) -> None:
    """Begin, commit, roll back, set a savepoint: with SQLite past SQLAlchemy."""
    if tx.dialect.name == "sqlite":
        _ask(tx, text, ())
    else:
        tx.exec_driver_sql(text)


def _ask(tx: Connection, text: str, arguments: Sequence[Any]) -> list[Any]:
    try:
        found: list[Any] = driver(tx).execute(text, arguments).fetchall()
    except sqlite3.Error as error:
        raise _as_everybody_knows_it(tx, text, error) from error
    return found


def driver(tx: Connection) -> Any:
    """SQLite's own connection under this one."""
    return tx.connection.driver_connection


def _as_everybody_knows_it(tx: Connection, text: str, error: sqlite3.Error) -> BaseException:
    return DBAPIError.instance(text, None, error, sqlite3.Error, dialect=tx.dialect)
