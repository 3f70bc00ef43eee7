"""Checking what is stored, and printing what other programs may rely on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from services.cli.opened import in_plain_words, services, settings
from services.embedded.house import BUILDERS, build_all
from shared.contracts import asyncapi
from shared.runtime.service import Service
from shared.storage.blobs.port import ObjectMissing


@click.command("verify")
@in_plain_words
def verify() -> None:
    """Check that every photo and document is there and unaltered. Exit code 1 when one is not."""
    with services() as house:
        listed = {name: dict(service.stored_objects()) for name, service in house.items()}
        faults = {name: _faults(house[name], objects) for name, objects in listed.items()}
        # An original may be erased, as it should be, while we look: only what is still listed counts.
        left = {name: set(service.stored_objects()) for name, service in house.items()}
    told = [
        f"{name}: {key} {what}."
        for name, found in faults.items()
        for key, what in found.items()
        if (key, listed[name][key]) in left[name]
    ]
    for line in told:
        click.echo(line, err=True)
    count = sum(map(len, listed.values()))
    if told:
        raise click.ClickException(f"{len(told)} of {count} objects are not as they should be.")
    click.echo(f"All {count} objects are there and unaltered.")


def _faults(service: Service, objects: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for key, sha256 in objects.items():
        try:
            if service.objects.head(key).sha256 != sha256:
                found[key] = "was altered"
        except ObjectMissing:
            found[key] = "is missing"
        except OSError as error:
            found[key] = f"cannot be read ({error.strerror})"
    return found


@click.group("schema")
def schema_group() -> None:
    """Print what other programs may rely on."""


@schema_group.command("asyncapi")
def asyncapi_() -> None:
    """The events, as an AsyncAPI 3 document."""
    _print(asyncapi.document())


@schema_group.command("openapi")
@click.argument("service", required=False, type=click.Choice(list(BUILDERS)))
@in_plain_words
def openapi(service: str | None) -> None:
    """The HTTP API of SERVICE as an OpenAPI document; without one, all three by name."""
    found = {
        name: built.app().extensions["api"].spec.to_dict()
        for name, built in build_all(settings()).items()
        if service in (None, name)
    }
    _print(found[service] if service else found)


def _print(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))
