"""Looking at the events no consumer could handle, and handing them over again once the cause is mended."""

from __future__ import annotations

import click

from services.cli.opened import in_plain_words, services
from services.embedded.house import BUILDERS
from shared.messaging import dead_letters
from shared.messaging.worker import Worker

_ONLY = click.option("--service", type=click.Choice(list(BUILDERS)), help="Only those of this service.")


@click.group("dead-letters")
def group() -> None:
    """Events that could not be handled and were set aside."""


@group.command("list")
@_ONLY
@in_plain_words
def list_(service: str | None) -> None:
    """Say what was set aside, by whom and why."""
    found = 0
    with services() as house:
        for name, built in house.items():
            if service not in (None, name):
                continue
            with built.database.reading() as tx:
                letters = list(dead_letters.every(tx))
                stops = dead_letters.stopped(tx)
            for stop in stops:
                click.echo(stop.why)
            for letter in letters:
                found += 1
                click.echo(
                    f"{name} {letter.number}: {letter.type} {letter.event_id}, set aside {letter.died_at}, "
                    f"tried {letter.attempts}×. {letter.why}"
                )
    if not found:
        click.echo("No event is set aside.")


@group.command("retry")
@_ONLY
@click.option("--number", "numbers", type=int, multiple=True, help="Only this one (needs --service). May be repeated.")
@in_plain_words
def retry(service: str | None, numbers: tuple[int, ...]) -> None:
    """Hand what was set aside to its consumer again."""
    if numbers and service is None:
        raise click.UsageError("A number means something only together with --service.")
    worked = failed = 0
    with services() as house:
        for name, built in house.items():
            if service not in (None, name):
                continue
            for job in built.jobs():
                if isinstance(job, Worker):
                    well, ill = job.retry(set(numbers) or None)
                    worked, failed = worked + well, failed + ill
    click.echo(f"{worked} handled, {failed} still set aside.")
    unknown = len(set(numbers)) > worked + failed
    if unknown:
        click.echo("Not every number given is set aside there: `dead-letters list` says which are.", err=True)
    if failed or unknown:
        raise SystemExit(1)
