"""Which hopes and worries were said in this browser, for an hour, so that their writer can take them back.

The service keeps no name beside them. Only the cookie of the writer's own browser knows, it ends with their session,
and the ids travel in forms and never in an address, so that no log can tell who wrote what.
"""

from __future__ import annotations

from flask import session

from services.reporting.web.api import service

SECONDS = 3600
MOST = 5
_NAME = "said"


def known() -> list[str]:
    """The ids, the newest first."""
    now = int(service().clock.now().timestamp())
    return [one for one, at in session.get(_NAME, ()) if 0 <= now - at < SECONDS]


def remember(reflection_id: str) -> None:
    """It was said here, now or before in other words; its hour does not begin again."""
    now = int(service().clock.now().timestamp())
    held = [[one, at] for one, at in session.get(_NAME, ()) if 0 <= now - at < SECONDS]
    if reflection_id not in [one for one, _ in held]:
        held = [[reflection_id, now], *held]
    session[_NAME] = held[:MOST]
