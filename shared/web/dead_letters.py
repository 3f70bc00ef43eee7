"""The page of a service's dead letters: what could not be handled, who stopped, and a button to try again."""

from __future__ import annotations

from flask import Blueprint, flash, get_flashed_messages, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from shared.access import directory
from shared.access.rules import roles_allowed
from shared.contracts.refusals import not_found
from shared.messaging import dead_letters
from shared.messaging.worker import Worker
from shared.runtime.service import Service
from shared.web import gate

SHOWN = 50
AT_ONCE = 100
"""So many are tried for one request, which somebody waits for."""


def blueprint(service: Service, path: str) -> Blueprint:
    """The page at `path`, for leads of any exercise: an event belongs to a whole service, not to one of them.

    It never shows what an event says, nor the words of an error, which may quote it; the command line does.
    """
    pages = Blueprint("dead_letters", __name__)

    @gate.requires("operations.read")
    def page() -> ResponseReturnValue:
        with service.database.reading() as tx:
            _permit(tx)
            letters = dead_letters.listed(tx, limit=SHOWN)
            return render_template(
                "dead_letters.html",
                letters=letters,
                count=dead_letters.count(tx),
                stops=dead_letters.stopped(tx),
                notice=" ".join(str(said) for said in get_flashed_messages()),
                path=path,
                at_once=AT_ONCE,
            )

    @gate.requires("operations.read")
    def retry() -> ResponseReturnValue:
        with service.database.reading() as tx:
            _permit(tx)
        worked, failed = _try_again(service)
        with service.database.reading() as tx:
            left = dead_letters.count(tx)
        said = f"{worked} done, {left} still set aside."
        if left > failed:
            said += f" {failed} of these were tried just now. Press the button once more for the others."
        flash(said)
        return redirect(path, 303)

    pages.add_url_rule(path, "page", page)
    pages.add_url_rule(path, "retry", retry, methods=["POST"])
    return pages


def _try_again(service: Service) -> tuple[int, int]:
    """As many as one request may; how many worked, how many did not. Raises TryLater."""
    worked = failed = 0
    for job in service.jobs():
        if isinstance(job, Worker):
            well, ill = job.retry(most=AT_ONCE - worked - failed)
            worked, failed = worked + well, failed + ill
    return worked, failed


def _permit(tx: Connection) -> None:
    for entry, membership in directory.exercises_of(tx, gate.current_person().id):
        if roles_allowed("operations.read", membership.roles, entry.stage):
            gate.permit(tx, "operations.read", entry.id)
            return
    raise not_found()
