"""The `opendoor` command and its list of commands."""

from __future__ import annotations

import click

from services.cli import answers, audits, backups, checking, letters, places, plans, running


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="open-door", message="Open Door %(version)s")
def main() -> None:
    """Open Door: safer places to walk into, made so by people who walked in.

    What to work on is told by OPENDOOR_ settings; without any, the folder ./data is used.
    """


for _command in (
    running.serve,
    running.drain,
    running.replay,
    running.demo_group,
    *running.service_groups(),
    plans.plan_group,
    plans.token_group,
    plans.invite,
    plans.revoke,
    answers.export,
    audits.audit,
    letters.group,
    places.topics_group,
    places.bucket_group,
    backups.backup,
    backups.restore,
    checking.verify,
    checking.schema_group,
):
    main.add_command(_command)
