"""The services as a command finds them: settings read, folder checked, databases brought up to date."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from services.embedded.checks import CannotStart, check_begun, read_settings
from services.embedded.house import build_all
from services.embedded.prepare import migrate
from services.embedded.tree import REFUSED
from shared.contracts.refusals import Refusal
from shared.messaging.log.port import LogAway
from shared.messaging.running import CannotDrain
from shared.messaging.trouble import TryLater
from shared.messaging.worker import WorkerStopped
from shared.runtime.log import configure_log
from shared.runtime.service import Service
from shared.runtime.settings import Settings
from shared.storage.blobs.port import StoreAway


def settings() -> Settings:
    """The settings of this command. Raises CannotStart."""
    configure_log()
    chosen = read_settings(os.environ)
    configure_log(chosen.log_level)
    return chosen


@contextmanager
def services(*, begins: bool = False) -> Iterator[dict[str, Service]]:
    """Every service by name, migrated; closed again at the end. Raises CannotStart.

    `begins`: whether this command may be the first in a new folder.
    """
    if not begins:
        check_begun(os.environ)
    chosen = settings()
    house = build_all(chosen)
    migrate(chosen, house)
    try:
        yield house
    finally:
        for service in house.values():
            service.database.close()


@contextmanager
def or_nobody(sentence: str) -> Iterator[None]:
    """Say `sentence` where the pages would say that there is nothing to see: a terminal may know."""
    try:
        yield
    except Refusal as refused:
        if refused.status != 404:
            raise
        raise click.ClickException(sentence) from refused


def in_plain_words(command: Callable[..., Any]) -> Callable[..., Any]:
    """Whatever a user can put right is told in a sentence, not as a traceback."""

    @wraps(command)
    def told(*args: Any, **given: Any) -> Any:
        try:
            return command(*args, **given)
        except CannotStart as refused:
            for sentence in refused.sentences:
                click.echo(sentence, err=True)
            raise SystemExit(REFUSED) from refused
        except Refusal as refused:
            raise click.ClickException(refused.detail) from refused
        except (CannotDrain, WorkerStopped) as stuck:
            raise click.ClickException(str(stuck)) from stuck
        except (TryLater, OperationalError) as trouble:
            raise click.ClickException(
                "The database could not be used just now (locked, or the disk is full). Nothing was lost; try again."
            ) from trouble
        except (LogAway, StoreAway) as away:
            raise click.ClickException(f"{away} Nothing was lost; try again when it is back.") from away
        except OSError as error:
            raise click.ClickException(f"{error.filename or 'The file'}: {error.strerror}.") from error

    return told
