"""Putting everything aside and bringing it back."""

from __future__ import annotations

import os
from pathlib import Path

import click

from services.cli.opened import in_plain_words, services
from services.embedded.archive import BackupRefused
from services.embedded.backup import back_up
from services.embedded.checks import CannotStart
from services.embedded.restore import restore as bring_back
from shared.runtime.log import configure_log
from shared.runtime.settings import SettingsRefused

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("file", type=_FILE)
@in_plain_words
def backup(file: Path) -> None:
    """Put everything on this machine into FILE, a tar, also while Open Door runs. It holds the keys: keep it safe."""
    try:
        with services() as house:
            done = back_up(next(iter(house.values())).settings, house, file)
    except BackupRefused as refused:
        raise click.ClickException(str(refused)) from refused
    except SettingsRefused as refused:
        raise CannotStart(refused.faults) from refused
    click.echo(f"Put aside in {file}: {done.objects} photos and documents, {done.bytes:,} bytes in all.")
    if done.keys < 2:
        click.echo("The keys that stand in the settings are not in it: keep them too, apart from it.")
    for fault in done.faults:
        click.echo(fault, err=True)
    if done.faults:
        raise click.ClickException("The backup is there, but those objects were not as they should be.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@in_plain_words
def restore(file: Path) -> None:
    """Bring FILE back into the folder OPENDOOR_DATA, which must be new or empty. Checks every hash first."""
    configure_log()
    try:
        folder, keys = bring_back(file, os.environ)
    except BackupRefused as refused:
        raise click.ClickException(str(refused)) from refused
    except SettingsRefused as refused:
        raise CannotStart(refused.faults) from refused
    click.echo(f"Everything is back in {folder}. Start Open Door on it as usual.")
    if not keys:
        click.echo("The keys were not in it: set OPENDOOR_SIGNING_KEY and OPENDOOR_IDENTITY_KEY as they were.")
