"""A lead's page of letters: what could not be sent, and in the demo what lies in the folder instead of being sent."""

from __future__ import annotations

from flask import Blueprint, flash, get_flashed_messages, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from services.intake.use_cases import letters_seen
from services.intake.web.api import service
from shared.backends import folder_of_letters
from shared.web.gate import current_person, mark_decided, requires

blueprint = Blueprint("letters", __name__, url_prefix="/letters")


@blueprint.get("")
@requires("operations.read")
def page() -> ResponseReturnValue:
    """Letters to people of the exercises one leads."""
    person_id = current_person().id
    failed = letters_seen.failed_letters(service(), person_id)
    folder = folder_of_letters(service().settings)
    shown = letters_seen.letters_of_the_demo(service(), folder, person_id)
    mark_decided()
    return render_template(
        "intake/letters.html",
        failed=failed,
        shown=shown,
        sent=folder is None,
        notice=" ".join(str(said) for said in get_flashed_messages()),
    )


@blueprint.post("")
@requires("operations.read")
def retry() -> ResponseReturnValue:
    """Try again what could not be sent."""
    count = letters_seen.retry(service(), current_person().id)
    mark_decided()
    flash(f"{count} {'letter is' if count == 1 else 'letters are'} tried again now. Reload this page in a minute.")
    return redirect(url_for("letters.page"), 303)
