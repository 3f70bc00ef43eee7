"""What every service hands to whoever runs it: its pages, its jobs, its migrations and the objects it answers for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.runtime.clock import Clock
from shared.runtime.job import Job
from shared.runtime.settings import Settings

if TYPE_CHECKING:
    from flask import Flask


@dataclass(frozen=True, slots=True)
class Service:
    """A service, built but with nothing opened yet: connections are made on first use, after any fork.

    `database` is a `shared.storage.database.Database`, `objects` an `ObjectStore`, `log` a
    `shared.messaging.log.port.EventLog`; typed loosely because runtime stands below all of these.
    """

    name: str
    settings: Settings
    clock: Clock
    database: Any
    objects: Any
    log: Any
    app: Callable[[], Flask]
    jobs: Callable[[], Sequence[Job]]
    migrate: Callable[[], None]
    stored_objects: Callable[[], Iterator[tuple[str, str]]]
    """(key, sha256) of every object that must be in the store, for `opendoor verify`."""
    forget_derived: Callable[[Any], None] | None = None
    """Forgets, in a transaction, what the event log can tell again; None where nothing comes from it."""
