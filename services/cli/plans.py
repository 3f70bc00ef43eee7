"""Plans as files, and the ways in for the people of a plan."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO, TextIO

import click

from services.cli.opened import in_plain_words, or_nobody, services
from services.intake.use_cases import people
from services.intake.use_cases import plan as plans
from shared.contracts.refusals import Refusal


@click.group("plan")
def plan_group() -> None:
    """Bring a plan in from a file, write one out, or see which there are."""


@plan_group.command("list")
@in_plain_words
def list_() -> None:
    """Say which exercises there are: id, stage and title, the oldest first."""
    with services() as house:
        for exercise_id, stage, title in plans.exercises_here(house["intake"]):
            click.echo(f"{exercise_id}  {stage:<14}  {title}")


@plan_group.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--tokens", type=click.Path(dir_okay=False, path_type=Path), help="Write an API token per person here.")
@in_plain_words
def import_(file: BinaryIO, tokens: Path | None) -> None:
    """Make or update the plan in FILE (- for standard input). The same file again changes nothing."""
    try:
        plan = plans.value_of(file.read())
    except Refusal as refused:
        why = refused.errors[0].detail if refused.errors else f"It is not JSON: {refused.__cause__}."
        raise click.ClickException(f"The plan file cannot be used. {why}") from refused
    # The file first: where it cannot be, nothing is brought in whose tokens nobody would get.
    with services(begins=True) as house, secret_file(tokens) if tokens else nullcontext() as file_of_tokens:
        intake = house["intake"]
        done = plans.import_plan(intake, plan)
        if file_of_tokens is not None:
            # Under the ids as the file writes them, by which whoever wrote it looks them up.
            named = {str(person["id"]).lower(): person["id"] for person in plan["people"]}
            tokens_of = people.create_tokens(intake, done.people)
            ready = {named[person]: token for person, token in tokens_of.items()}
            file_of_tokens.write(json.dumps(ready, indent=2) + "\n")
    says = {"created": "was made", "updated": "was updated", "unchanged": "is unchanged"}[done.change]
    click.echo(f"The plan “{done.title}” {says} (exercise {done.exercise_id}, {len(done.people)} people).")


@plan_group.command("export")
@click.argument("exercise")
@in_plain_words
def export(exercise: str) -> None:
    """Write the plan of EXERCISE (its id) to standard output, in the shape that `plan import` takes."""
    with services() as house, or_nobody(f"There is no exercise {exercise} here."):
        plan = plans.export_plan(house["intake"], exercise)
    click.echo(json.dumps(plan, ensure_ascii=False, indent=2))


@click.group("token")
def token_group() -> None:
    """Tokens with which programs use the API."""


@token_group.command("create")
@click.option("--person", required=True, help="The person's id in the plan.")
@click.option(
    "--days",
    type=click.IntRange(1, people.MOST_DAYS),
    default=people.TOKEN_DAYS,
    show_default=True,
    help="How long it is good.",
)
@in_plain_words
def create(person: str, days: int) -> None:
    """Print a token that carries the person's roles. It is shown this once and kept nowhere."""
    with services() as house, or_nobody(f"Nobody in a plan here has the id {person}."):
        click.echo(people.create_token(house["intake"], person, days))


@click.command("invite")
@click.option("--person", required=True, help="The person's id in the plan.")
@in_plain_words
def invite(person: str) -> None:
    """Print a link with which the person signs in."""
    with services() as house, or_nobody(f"Nobody in a plan here has the id {person}."):
        click.echo(people.invite(house["intake"], person))


@click.command("revoke")
@click.option("--person", required=True, help="The person's id in the plan.")
@in_plain_words
def revoke(person: str) -> None:
    """Take every link and token of a person back: none works any more, on no phone and no computer."""
    with services() as house, or_nobody(f"Nobody in a plan here has the id {person}."):
        count = people.revoke_all(house["intake"], person)
    click.echo(f"Taken back: {count}." if count else "There was none to take back.")


@contextmanager
def secret_file(path: Path) -> Iterator[TextIO]:
    """A file that only its owner may read, there whole or not at all. Raises OSError at once where it cannot be."""
    aside = path.with_name(f".{path.name}.unfinished")
    try:
        aside.unlink(missing_ok=True)
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            yield file
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
