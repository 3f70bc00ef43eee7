"""What the Jobcentre's manager of the demo replied to findings, said through the use case a manager would use."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from services.assessment.use_cases.reading import Reader, findings
from services.assessment.use_cases.replying import reply
from shared.access import directory
from shared.access.rules import roles_allowed
from shared.contracts.demo_ids import JOBCENTRE_BUILDING, JOBCENTRE_EXERCISE, demo_id
from shared.runtime.clock import MovableClock
from shared.runtime.service import Service

_MANAGER = "jobcentre-manager"
_REPLIES: tuple[tuple[str, str, int, str], ...] = (
    (
        "P-AP-03",
        "AP",
        -100,
        "The cameras belong to the owner of the building. We did not put them up, and we see why they put people off.",
    ),
    (
        "P-WA-09",
        "WA",
        -8,
        "We put the television in so that waiting is less dull. We had not thought of what is on it.",
    ),
)
"""Item, zone, on which day counted from today, and the words."""


def load(service: Service) -> None:
    """Add the replies that are missing; none where the findings are not drawn yet."""
    exercise_id, site_id, person_id = demo_id(JOBCENTRE_EXERCISE), demo_id(JOBCENTRE_BUILDING), demo_id(_MANAGER)
    with service.database.reading() as tx:
        exercise = directory.exercise(tx, exercise_id)
        member = directory.membership(tx, person_id, exercise_id)
    if exercise is None or member is None:
        return
    roles = roles_allowed("findings.reply", member.roles, exercise.stage)
    reader = Reader(person_id, exercise, roles)
    open_to = {(one["item"], one["zone"]): one for one in findings(service, reader, site_id)}
    today = service.clock.now().date()
    for item, zone, day, words in _REPLIES:
        finding = open_to.get((item, zone))
        if finding is not None and finding["reply"] is None:
            at = datetime.combine(today + timedelta(days=day), time(10, 0), UTC)
            reply(replace(service, clock=MovableClock(at)), reader, site_id, finding["id"], words)
