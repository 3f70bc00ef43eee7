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
            )

    @gate.requires("operations.read")
    def retry() -> ResponseReturnValue:
        with service.database.reading() as tx:
            _permit(tx)
        workers = [job for job in service.jobs() if isinstance(job, Worker)]
        counts = [worker.retry() for worker in workers]
        worked, failed = sum(c[0] for c in counts), sum(c[1] for c in counts)
        flash(f"{worked} done, {failed} still set aside.")
        return redirect(path, 303)

    pages.add_url_rule(path, "page", page)
    pages.add_url_rule(path, "retry", retry, methods=["POST"])
    return pages


def _permit(tx: Connection) -> None:
    for entry, membership in directory.exercises_of(tx, gate.current_person().id):
        if roles_allowed("operations.read", membership.roles, entry.stage):
            gate.permit(tx, "operations.read", entry.id)
            return
    raise not_found()
