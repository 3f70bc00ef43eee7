"""The answers of an exercise as a table, for the host charity's own sums."""

from __future__ import annotations

import click

from services.cli.opened import in_plain_words, or_nobody, services
from services.intake.use_cases.answers_out import answers_of


@click.command("export")
@click.argument("exercise")
@in_plain_words
def export(exercise: str) -> None:
    """Write all answers of EXERCISE (its id) to standard output, as CSV.

    No names, no days, and of the words only those that a second person let through. For the host charity only.
    """
    with services() as house, or_nobody(f"There is no exercise {exercise} here, or it is closed."):
        for piece in answers_of(house["intake"], exercise.lower()):
            click.echo(piece, nl=False)
