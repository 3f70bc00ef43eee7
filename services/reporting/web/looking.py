"""The page "Look once more": what will be said, in which words and to whom, before anything is sent.

It carries what was typed in the form itself, so that nothing is lost and nothing is kept before it is sent.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import render_template, request

from services.reporting.domain.recommendation import REPLIES
from services.reporting.domain.standing import who_acts
from services.reporting.use_cases.looking import Looked
from services.reporting.web.words import as_talk, day
from shared.access.directory import ExerciseEntry
from shared.access.roles import Role

SEND, CHANGE = "send", "change"
_OURS = ("csrf_token", "act")
_STAYS = "What was sent stays in the history and cannot be taken back. You can add more words later."
_SECOND = {
    "verified": "It counts when a second volunteer has looked too.",
    "kept-up": "It counts when a second volunteer has looked too.",
}


def act() -> str:
    """What was pressed: nothing yet (so look once more), send, or change."""
    return request.form.get("act", "")


def move_page(looked: Looked, action: str, send: str) -> str:
    """A move or words on a recommendation, as they will stand in its history."""
    entry, one = looked.entry, looked.recommendation
    assert entry is not None
    notes, warning = [], None
    if entry.to_status == "other-way-offered" and not entry.note:
        warning = "You have not said what you would do instead. Volunteers would read “another way” and no more."
    if entry.kind == "move":
        notes.append(who_acts(one))
        if one.status == "shared":
            notes.append(f"They are asked to answer by {day(one.reply_due)}.")
    elif entry.kind in ("check", "proposal"):
        notes.append(_SECOND.get(entry.to_status, "It counts when the working group agrees."))
    return page(
        about=one.title,
        action=action,
        change_at="reply" if entry.to_status in REPLIES and entry.kind == "move" else "moves",
        send=send,
        readers=_readers(looked),
        notes=[*notes, _STAYS],
        talk=as_talk((entry,)),
        warning=warning,
    )


def page(
    *,
    about: str,
    action: str,
    change_at: str,
    send: str,
    readers: str,
    notes: Sequence[str],
    talk: Sequence[dict[str, Any]] = (),
    quote: tuple[str, str] | None = None,
    warning: str | None = None,
) -> str:
    """The page. `talk`: lines of a history; or `quote`: words and what they are.

    `change_at`: where the form stands. `warning`: what the writer may want to change first.
    """
    return render_template(
        "reporting/look.html",
        about=about,
        action=action,
        change_at=change_at,
        send=send,
        readers=readers,
        notes=notes,
        talk=talk,
        quote=quote,
        warning=warning,
        fields=[(name, value) for name, value in request.form.items(multi=True) if name not in _OURS],
    )


def _readers(looked: Looked) -> str:
    now = in_words(looked.readers, looked.exercise)
    later = in_words(looked.later, looked.exercise)
    said = f"{now[:1].upper()}{now[1:]}."
    return f"{said} Later, when it is shared with everybody who works there: {later}." if later else said


def in_words(roles: Collection[Role], exercise: ExerciseEntry) -> str:
    """Who that is, as one reads it in a sentence; empty for nobody."""
    partner = exercise.partner["name"]
    groups = (
        ("the volunteers", {Role.VOLUNTEER}),
        ("the charity", {Role.LEAD, Role.DATA_KEEPER}),
        (f"the managers and the sponsor of {partner}", {Role.MANAGER, Role.SPONSOR}),
        ("the working group", {Role.WORKING_GROUP}),
        (f"everybody who works at {partner}", {Role.STAFF}),
    )
    said = [words for words, held in groups if held & set(roles)]
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
