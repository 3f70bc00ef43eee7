"""What came of it: for each thing a volunteer said, the answer word for word, what was done, and who checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from services.reporting.domain.recommendation import Entry
from services.reporting.domain.story import Chapter
from services.reporting.use_cases import telling
from services.reporting.use_cases.telling import Story
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


_BETWEEN = 3
_FIRST = {"kept-up": 0, "verified": 0, "partner-says-done": 1, "doing": 2, "planned": 2} | {
    "not-accepted": 4,
    "paused": 4,
    "no-longer-relevant": 4,
}
"""Somebody who looks on a bad day meets first what has changed. Every no stands in the list at the top, and in full."""
_ENDED = frozenset({"not-accepted", "no-longer-relevant"})


@blueprint.route("/changes")
@signed_in
def changes() -> str:
    """The reader's own story, and nobody else's."""
    found = telling.my_changes(service(), me())
    if not found:
        raise not_found()  # a page for volunteers
    stories = []
    for one in found:
        alone = [chapter for chapter in one.chapters if not chapter.recommendation]
        stories.append(
            {
                "exercise": one.exercise,
                "told": _by_recommendation(one),
                "nothing": _once(_told(one.exercise, chapter) for chapter in alone if not chapter.said.praise),
                "praise": _once(_told(one.exercise, chapter) for chapter in alone if chapter.said.praise),
                "met": one.met,
            }
        )
    told = [story for story in stories if story["told"] or story["nothing"] or story["praise"]]
    return render_template("reporting/changes.html", stories=told)


def _by_recommendation(story: Story) -> list[dict[str, Any]]:
    """One card for each recommendation, with everything this volunteer said that led to it."""
    cards: dict[str, list[dict[str, Any]]] = {}
    for chapter in story.chapters:
        if chapter.recommendation:
            cards.setdefault(chapter.recommendation.id, []).append(_told(story.exercise, chapter))
    told = [{**said[0], "also": _once(said)[1:]} for said in cards.values()]
    return sorted(told, key=lambda card: _FIRST.get(card["status"], _BETWEEN))


def _once(told: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Something said again on a later visit stands once."""
    return list({(one["said"], one["where"]): one for one in told}.values())


def _told(exercise: ExerciseEntry, chapter: Chapter) -> dict[str, Any]:
    said = chapter.said
    answer, asked_for = chapter.answered, chapter.recommendation
    site = site_name(exercise, said.site_id)
    return {
        "said": said.words or _("You told us about: %(question)s", question=asked(said.item)),
        "where": _("%(site)s. We asked: %(question)s", site=site, question=asked(said.item)) if said.words else site,
        "title": asked_for.title if asked_for else None,
        "href": f"/recommendations/{asked_for.id}" if asked_for else None,
        "id": asked_for.id if asked_for else None,
        "status": asked_for.status if asked_for else None,
        "ended": asked_for is not None and asked_for.status in _ENDED,
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
