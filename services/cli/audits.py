"""The audit of an exercise as a table: who read what under embargo, who moved it on, who gave a key."""

from __future__ import annotations

import csv
import heapq
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from services.assessment.use_cases import auditing as of_assessment
from services.cli.opened import in_plain_words, or_nobody, services
from services.intake.use_cases import auditing as of_intake
from services.reporting.use_cases import auditing as of_reporting
from shared.access.audited import Audited

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("audit")
@click.argument("exercise")
@click.option("--since", type=_DAY, help="Nothing before this day (UTC).")
@click.option("--until", type=_DAY, help="Nothing from this day on (UTC).")
@in_plain_words
def audit(exercise: str, since: datetime | None, until: datetime | None) -> None:
    """Write who did what with EXERCISE (its id) to standard output, as CSV, the oldest first.

    People stand there by their ids of the plan. Nothing that somebody saw or wrote is in it.
    """
    first, end = (day.replace(tzinfo=UTC).isoformat() if day else None for day in (since, until))
    with services() as house, or_nobody(f"There is no exercise {exercise} here."):
        exercise = exercise.lower()
        found = {
            "intake": of_intake.audit_of(house["intake"], exercise),
            "assessment": of_assessment.audit_of(house["assessment"], exercise),
            "reporting": of_reporting.audit_of(house["reporting"], exercise),
        }
        table = csv.writer(sys.stdout)
        table.writerow(("at", "service", "person", "did"))
        for at, name, one in heapq.merge(*(_of(name, acts) for name, acts in found.items()), key=lambda row: row[0]):
            if (first is None or at >= first) and (end is None or at < end):
                table.writerow((at, name, one.person_id, one.did))


def _of(name: str, acts: Iterator[Audited]) -> Iterator[tuple[str, str, Audited]]:
    for one in acts:
        yield datetime.fromisoformat(one.at).astimezone(UTC).isoformat(timespec="microseconds"), name, one
