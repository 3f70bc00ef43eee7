"""What every test would otherwise make anew although it is always the same: compiled templates and empty databases.
Together that was more than half of what a test in front of pages took."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import make_url

from shared.storage.database import Database

Upgrade = Callable[[Database, str], None]


class CompiledOnce(BytecodeCache):
    """Templates as they were compiled for the first app that asked. A template that changed is compiled again."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template with this name and this text, if there is any."""
        bucket.code = self._kept.get(_what_it_hangs_on(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        if bucket.code is not None:
            self._kept[_what_it_hangs_on(bucket)] = bucket.code


def _what_it_hangs_on(bucket: Bucket) -> tuple[Any, ...]:
    made_for = bucket.environment
    blanks = (made_for.trim_blocks, made_for.lstrip_blocks)
    return bucket.key, bucket.checksum, blanks, tuple(sorted(made_for.extensions))


class MigratedOnce:
    """The steps of a service's history, run by `upgrade` for the first new file and copied for the ones after it.

    Files that are there already, and databases on a server, go through every step themselves.
    """

    def __init__(self, upgrade: Upgrade, folder: Path) -> None:
        self._upgrade, self._folder = upgrade, folder

    def __call__(self, database: Database, package: str) -> None:
        """Bring the database to the shape that `package` expects. Raises what `upgrade` raises."""
        url = make_url(database.url)
        if database.dialect == "sqlite" and url.database and not Path(url.database).exists():
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self._made(package), url.database)
        else:
            self._upgrade(database, package)

    def _made(self, package: str) -> Path:
        kept = self._folder / f"{package}.db"
        if not kept.exists():
            made = Database(f"sqlite:///{kept}.making")
            self._upgrade(made, package)
            made.close()
            assert not Path(f"{kept}.making-wal").exists(), "a part of the database lies in another file"
            Path(f"{kept}.making").rename(kept)
        return kept
