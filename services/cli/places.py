"""Making the places the big machinery needs before anything can be put there: topics and the bucket."""

from __future__ import annotations

import click

from services.cli.opened import in_plain_words, settings
from shared.backends import open_event_log, open_objects
from shared.contracts.catalogue import DIRECTORY, TOPICS


@click.group("topics")
def topics_group() -> None:
    """The topics of the event log."""


@topics_group.command("create")
@in_plain_words
def create_topics() -> None:
    """Make the topics that are not there yet, with the partitions and copies OPENDOOR_EVENT_LOG asks for."""
    log = open_event_log(settings())
    made = log.make_topics(list(TOPICS), compacted=[DIRECTORY])
    log.close()
    click.echo(f"Made {', '.join(made)}." if made else "All topics are there.")


@click.group("bucket")
def bucket_group() -> None:
    """The bucket of the object store."""


@bucket_group.command("create")
@in_plain_words
def create_bucket() -> None:
    """Make the bucket OPENDOOR_OBJECTS names, if it is not there yet."""
    click.echo("Made the bucket." if open_objects(settings()).make_bucket() else "The bucket is there.")
