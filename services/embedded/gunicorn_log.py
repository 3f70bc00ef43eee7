"""Gunicorn's own words in our log: JSON like everything else, without the paths and addresses it would put in."""

from __future__ import annotations

import sys
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

from shared.runtime.log import OnlyTheShape


class QuietLogger(Logger):  # type: ignore[misc]
    """Says what happened to a process or a connection, never whose or where to."""

    def setup(self, cfg: Config) -> None:
        """Set up as gunicorn does, and leave out the values."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(OnlyTheShape())

    def exception(self, msg: str, *args: Any, **given: Any) -> None:
        """Say what went wrong. That somebody's line fell silent is no fault of ours, and happens all day."""
        if not isinstance(sys.exc_info()[1], BlockingIOError):
            super().exception(msg, *args, **given)
