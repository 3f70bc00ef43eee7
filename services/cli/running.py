"""Running: everything at once, one part of one service, or all that waits until nothing does."""

from __future__ import annotations

from collections.abc import Iterator

import click

from services.cli.opened import in_plain_words, services, settings
from services.embedded import tree, web
from services.embedded.checks import claim_port
from services.embedded.draining import drain_all
from services.embedded.house import BUILDERS
from services.embedded.prepare import load_demo, migrate, sign_in_links
from services.embedded.replaying import ReplayRefused
from services.embedded.replaying import replay as replay_all
from services.embedded.worker import work
from shared.messaging.log.port import GroupBusy, LogCut


@click.command("serve")
def serve() -> None:
    """Start everything on one machine behind one address, like `make run`. Ctrl-C stops it."""
    raise SystemExit(tree.main())


@click.command("drain")
@in_plain_words
def drain() -> None:
    """Return when everything acknowledged so far has had all its effects, whether or not the services run."""
    with services(begins=True) as house:
        done = drain_all(house)
    click.echo(f"Nothing waits any more ({done} done here)." if done else "Nothing waits any more.")


@click.command("replay")
@in_plain_words
def replay() -> None:
    """Work out assessment and reporting anew from the first event on. Open Door must be stopped meanwhile."""
    try:
        with services() as house:
            done = replay_all(house)
    except (ReplayRefused, GroupBusy, LogCut) as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"Everything was worked out anew ({done} steps). What people wrote and decided is as it was.")


@click.group("demo")
def demo_group() -> None:
    """The demo exercise."""


@demo_group.command("load")
@in_plain_words
def load() -> None:
    """Make the demo exercise (again does no harm) and print a sign-in link for each of its roles."""
    with services(begins=True) as house:
        load_demo(house)
        for role, link in sign_in_links(house).items():
            click.echo(f"{role:<16} {link}")


def service_groups() -> Iterator[click.Group]:
    """`opendoor <service> web|worker|migrate`, one group per service."""
    for name in BUILDERS:
        yield _group_for(name)


def _group_for(name: str) -> click.Group:
    @click.group(name, help=f"Run a part of {name} by itself.")
    def group() -> None:
        pass

    @group.command("web")
    @in_plain_words
    def pages() -> None:
        """Serve the pages and the API on OPENDOOR_BIND."""
        chosen = settings()
        service = BUILDERS[name](chosen, None)
        listener = claim_port(chosen.bind_host, chosen.bind_port)
        listener.listen(tree.BACKLOG)
        web.serve(listener, lambda: web.one_app(service))

    @group.command("worker")
    @in_plain_words
    def worker() -> None:
        """Run the jobs behind the scenes until told to stop."""
        work(settings(), name)

    @group.command("migrate")
    @in_plain_words
    def migrate_() -> None:
        """Bring the database to the shape this version expects."""
        chosen = settings()
        migrate(chosen, {name: BUILDERS[name](chosen, None)})
        click.echo(f"The database of {name} is up to date.")

    return group
