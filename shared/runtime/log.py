"""One line of JSON per thing worth knowing, to standard error; never a name, a word of a visit, a token or a link."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_log(level: str = "warning") -> None:
    """Set up structlog and the standard library's loggers to write JSON lines to standard error."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # What a broker that is away means for us is told by our own adapter, in one line instead of a hundred.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    logging.basicConfig(level=number, stream=sys.stderr, format='{"logger":"%(name)s","event":"%(message)s"}')
