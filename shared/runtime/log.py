"""One line of JSON per thing worth knowing, to standard error; never a name, a word of a visit, a token or a link."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

from shared.runtime import correlation

FRAMES = 12
"""So many calls, the last ones, are told of an error."""

_VALUE = re.compile(r"ip=\S+|\S*[/@]\S*|\b\d{1,3}(\.\d{1,3}){3}\b")
"""A path, a mail address or a network address that a library has already put into its sentence."""


def configure_log(level: str = "warning") -> None:
    """Set up structlog and the standard library's loggers to write JSON lines to standard error.

    May be called again with another level, before anything was logged.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            add_cause,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            tell_where,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # What a broker that is away means for us is told by our own adapter, in one line instead of a hundred.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OnlyTheShape())
    # Libraries tell of paths, addresses and statements when they are asked for more than warnings.
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler])


def add_cause(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put into a line which request it belongs to, unless the line says so itself."""
    cause = correlation.current()
    if cause.correlation_id is not None:
        line.setdefault("correlation_id", cause.correlation_id)
    return line


def tell_where(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Tell of an error its kind and its place. Its text is left out: it may quote what somebody wrote."""
    given = line.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        line["error"] = type(error).__name__
        line["where"] = [
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)[-FRAMES:]
        ]
        if error.__cause__ is not None:
            line["because"] = type(error.__cause__).__name__
    return line


def place_of(error: BaseException) -> str:
    """The function and line an error comes from, which quote nobody."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace is not None else ""


class OnlyTheShape(logging.Formatter):
    """What a library logs, as JSON, with its values left out: they may be a path, an address or somebody's words."""

    def format(self, record: logging.LogRecord) -> str:
        """One line: which logger, how bad, the sentence with its gaps unfilled, and the kind of error."""
        kind = record.exc_info[0] if record.exc_info else None
        line = {"logger": record.name, "level": record.levelname.lower(), "event": _VALUE.sub("*", str(record.msg))}
        return json.dumps(line | ({"error": kind.__name__} if kind else {}), ensure_ascii=False)
