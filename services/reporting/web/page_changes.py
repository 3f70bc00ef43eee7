"""What came of it: for each thing a volunteer said, the answer word for word, what was done, and who checked."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from services.reporting.domain.recommendation import Entry
from services.reporting.domain.story import Chapter
from services.reporting.use_cases import telling
from services.reporting.web.api import me, service
from services.reporting.web.words import asked, day, site_name
from shared.access.directory import ExerciseEntry
from shared.contracts.refusals import not_found
from shared.web.gate import signed_in
from shared.web.languages import in_its_language

blueprint = Blueprint("changes_page", __name__)

_CHECKED = {
    "verified": _l("Two volunteers went back and saw that it is done"),
    "not-yet": _l("A volunteer went back: it is not done yet"),
    "kept-up": _l("A volunteer looked again after six months: it is still there"),
}
_DONE = {
    "planned": _l("It is planned"),
    "doing": _l("It is being done"),
    "partner-says-done": _l("They say that it is done"),
    "paused": _l("It is paused"),
    "no-longer-relevant": _l("Owner and working group say that it is no longer needed"),
}


@blueprint.route("/changes")
@signed_in
def changes() -> str:
    """The reader's own story, and nobody else's."""
    found = telling.my_changes(service(), me())
    if not found:
        raise not_found()  # a page for volunteers
    stories = []
    for one in found:
        led_somewhere = [_told(one.exercise, chapter) for chapter in one.chapters if chapter.recommendation]
        nothing = [_told(one.exercise, chapter) for chapter in one.chapters if not chapter.recommendation]
        # Something said again on a later visit stands once.
        stories.append((one.exercise, led_somewhere, list({told["said"]: told for told in nothing}.values())))
    return render_template(
        "reporting/changes.html", stories=stories, something=any(told or nothing for _, told, nothing in stories)
    )


def _told(exercise: ExerciseEntry, chapter: Chapter) -> dict[str, Any]:
    said = chapter.said
    answer = chapter.answered
    site = site_name(exercise, said.site_id)
    return {
        "said": said.words or _("You told us about: %(question)s", question=asked(said.item)),
        "where": _("%(site)s. We asked: %(question)s", site=site, question=asked(said.item)) if said.words else site,
        "title": chapter.recommendation.title if chapter.recommendation else None,
        "href": f"/recommendations/{chapter.recommendation.id}" if chapter.recommendation else None,
        "answered": answer.note if answer else None,
        "answer_status": answer.to_status if answer else None,
        "silent_words": in_its_language(chapter.silence),
        "silence": in_its_language(chapter.silence) if answer else None,
        "done": _lines(chapter.done, _DONE),
        "checked": _lines(chapter.checked, _CHECKED),
    }


def _lines(entries: tuple[Entry, ...], words: dict[str, str]) -> list[str]:
    """Each step in a sentence of its own, oldest first."""
    return [
        f"{words[entry.to_status]} ({day(entry.at)}){': “' + entry.note + '”' if entry.note else '.'}"
        for entry in entries
    ]
