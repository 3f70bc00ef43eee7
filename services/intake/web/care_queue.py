"""The page "Words and photos": one thing at a time, the original beside the copy to share, yes, hold back, undo.

A recording is listened to here and nowhere else.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.domain.second_look import CHANGED
from services.intake.domain.words import covered, doubts, pieces
from services.intake.photos import CLEAN_MEDIA_TYPE
from services.intake.use_cases import listening, words
from services.intake.use_cases.words import PhotoToSee, Queue, VoiceToHear, WordsToRead
from services.intake.web.api import service
from services.intake.web.visit_views import marks_view
from services.intake.web.voice_api import sound
from shared.access.directory import ExerciseEntry
from shared.contracts.refusals import FieldError, Refusal, invalid, not_found
from shared.web.gate import current_person, permit, requires

blueprint = Blueprint("care_queue", __name__, url_prefix="/words-and-photos")
ACTION = "care-queue.work"
_ELSE_FIRST = "Something else waits first now. Nothing was shared."
_COVERED = "Covered in your copy. Nothing is shared yet: read it once more, then decide."


def _looked_after() -> list[ExerciseEntry]:
    """The caller's exercises, each asked of the table. Raises Refusal 404 when there is none."""
    found = words.looked_after(service(), current_person().id)
    with service().database.reading() as tx:
        for exercise in found:
            permit(tx, ACTION, exercise.id)
    if not found:
        raise not_found()
    return found


def _permit(exercise_id: str) -> None:
    with service().database.reading() as tx:
        permit(tx, ACTION, exercise_id)


@blueprint.get("")
@requires(ACTION)
def page() -> ResponseReturnValue:
    """The next thing that waits."""
    return render_template("intake/queue.html", **_view(words.queue(service(), current_person().id, _looked_after())))


def _view(queue: Queue, typed: str | None = None, wanted: str | None = None, *, look: bool = False) -> dict[str, Any]:
    """For the template: one thing, of the kind that was asked for where there is one. `look`: read `typed` again."""
    waits = {words.PHOTO: queue.photo, words.WORDS: queue.words, words.VOICE: queue.voice}
    wanted = wanted or request.args.get("show", "")
    shown = wanted if waits.get(wanted) else next((kind for kind, one in waits.items() if one), None)
    return {
        "queue": queue,
        "shown": shown,
        "photo": _photo(queue.photo) if queue.photo and shown == words.PHOTO else None,
        "words": _words(queue.words, typed) if queue.words and shown == words.WORDS else None,
        "voice": _voice(queue.voice, typed, look=look) if queue.voice and shown == words.VOICE else None,
        "fault": None,
        "changed": None,
        "words_limit": service().settings.words_characters,
        "most": words.MOST,
    }


def _voice(found: VoiceToHear, typed: str | None, *, look: bool) -> dict[str, Any]:
    one = found.voice
    item = found.instrument.find(one.item) if one.item else None
    return {
        "exercise": found.exercise.title,
        "prompt": item.prompt if item else None,
        "zone": one.zone,
        "stage": one.stage,
        "seconds": one.seconds,
        "src": None if one.erased_at else url_for("care_queue.sound_of", visit_id=one.visit_id, voice_id=one.voice_id),
        "action": url_for("care_queue.decide_voice", visit_id=one.visit_id, voice_id=one.voice_id, seen=found.seen),
        "may_quote": one.may_quote,
        "text": typed if typed is not None else one.written or "",
        "pieces": pieces(typed) if look and typed else [],
    }


def _words(found: WordsToRead, typed: str | None) -> dict[str, Any]:
    one = found.words
    item = found.instrument.find(one.item) if one.item else None
    return {
        "id": one.words_id,
        "exercise": found.exercise.title,
        "prompt": item.prompt if item else found.instrument.zone_prompts.get("first_impressions", ""),
        "zone": one.zone,
        "stage": one.stage,
        "pieces": pieces(one.text),
        "text": typed if typed is not None else one.text,
    }


def _photo(found: PhotoToSee) -> dict[str, Any]:
    one = found.photo
    marks = marks_view(found.annotations, found.instrument)
    visit_id, photo_id = one.visit_id, one.photo_id
    display = one.display or {}
    return {
        "exercise": found.exercise.title,
        "zone": one.zone,
        "src": url_for("care_queue.image", visit_id=visit_id, photo_id=photo_id),
        "action": url_for("care_queue.decide_photo", visit_id=visit_id, photo_id=photo_id, seen=found.seen),
        "width": display.get("width", 0),
        "height": display.get("height", 0),
        "marks": marks,
        "words": [pieces(mark["words"]) for mark in marks if mark["words"]] if found.may_quote else [],
    }


def _act(*known: str) -> str:
    """What was chosen. Nothing is let through by a button that there is not. Raises Refusal 422."""
    act = request.form.get("act", "")
    if act not in known:
        raise invalid([FieldError("/act", f"must be one of: {', '.join(known)}.")])
    return act


def _seen() -> str:
    """What the form that was sent had been shown; a form that does not say so has shown nothing of today."""
    return request.args.get("seen", "")


def _typed() -> str:
    return request.form.get("text", "").replace("\r\n", "\n")


def _again(refused: Refusal, kind: str, thing: tuple[str, ...], typed: str | None = None) -> ResponseReturnValue:
    """The page as it stands now, with what is wrong and, beside the very same thing, what was typed.

    Raises every Refusal but 422 and `changed-meanwhile`.
    """
    if refused.status != 422 and refused.code != CHANGED:
        raise refused
    found = words.queue(service(), current_person().id, _looked_after())
    same = thing == _first(found, kind)
    view = _view(found, typed if same else None, kind)
    if same and refused.status == 422:
        return render_template("intake/queue.html", **{**view, "fault": refused.detail}), 422
    changed = refused.detail if refused.code == CHANGED else _ELSE_FIRST
    return render_template("intake/queue.html", **{**view, "changed": changed}), 409


def _cover(kind: str, thing: tuple[str, ...]) -> ResponseReturnValue:
    """The page again, with what is marked taken out of what was typed. Nothing is kept and nothing shared by that."""
    found = words.queue(service(), current_person().id, _looked_after())
    if thing != _first(found, kind):
        return render_template("intake/queue.html", **{**_view(found, wanted=kind), "changed": _ELSE_FIRST}), 409
    view = _view(found, covered(_typed()), kind, look=True)
    return render_template("intake/queue.html", **{**view, "changed": _COVERED})


def _first(found: Queue, kind: str) -> tuple[str, ...]:
    """Which thing of that kind the page shows now."""
    if kind == words.WORDS:
        return (found.words.words.words_id,) if found.words else ()
    if kind == words.PHOTO:
        return (found.photo.photo.visit_id, found.photo.photo.photo_id) if found.photo else ()
    return (found.voice.voice.visit_id, found.voice.voice.voice_id) if found.voice else ()


@blueprint.post("/words/<uuid:words_id>")
@requires(ACTION)
def decide_words(words_id: UUID) -> ResponseReturnValue:
    """Share the copy as it was edited, or hold the words back."""
    _permit(words.exercise_of_words(service(), str(words_id)))
    person_id = current_person().id
    act = _act("share", "cover", "hold-back")
    if act == "cover":
        return _cover(words.WORDS, (str(words_id),))
    if act == "hold-back":
        words.hold_words_back(service(), person_id, str(words_id))
        flash("Held back. The volunteer’s own words stay as they are, with them.")
        return redirect(url_for("care_queue.page", show="words"), 303)
    try:
        words.share_words(service(), person_id, str(words_id), _typed())
    except Refusal as refused:
        return _again(refused, words.WORDS, (str(words_id),), _typed())
    flash("Shared. It may be quoted now, in the words of your copy.")
    return redirect(url_for("care_queue.page", show="words"), 303)


@blueprint.post("/photos/<uuid:visit_id>/<uuid:photo_id>")
@requires(ACTION)
def decide_photo(visit_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """Let the photo be shown, or hold it back."""
    ids = (str(visit_id), str(photo_id))
    _permit(words.exercise_of_photo(service(), *ids))
    person_id = current_person().id
    act = _act("share", "share-without-words", "hold-back")
    if act != "hold-back":
        try:
            words.share_photo(service(), person_id, *ids, with_words=act == "share", seen=_seen())
        except Refusal as refused:
            return _again(refused, words.PHOTO, ids)
        flash("Shared. The photo may be shown now.")
    else:
        words.hold_photo_back(service(), person_id, *ids)
        flash("Held back. It is erased after seven days.")
    return redirect(url_for("care_queue.page"), 303)


@blueprint.post("/recordings/<uuid:visit_id>/<uuid:voice_id>")
@requires(ACTION)
def decide_voice(visit_id: UUID, voice_id: UUID) -> ResponseReturnValue:
    """Let what was said be quoted as it was written down, keep the writing only, or hold the recording back."""
    ids = (str(visit_id), str(voice_id))
    _permit(listening.exercise_of_voice(service(), *ids))
    person_id, act = current_person().id, _act("share", "write-down", "cover", "hold-back")
    if act == "cover":
        return _cover(words.VOICE, ids)
    if act == "hold-back":
        listening.hold_voice_back(service(), person_id, *ids)
        flash("Held back. The recording is erased after seven days.")
        return redirect(url_for("care_queue.page", show=words.VOICE), 303)
    typed = _typed()
    if act == "share" and doubts(typed) and request.form.get("looked", "").replace("\r\n", "\n") != typed:
        found = words.queue(service(), person_id, _looked_after())
        if found.voice and _first(found, words.VOICE) == ids and found.voice.seen == _seen():
            return render_template("intake/queue.html", **_view(found, typed, words.VOICE, look=True))
    try:
        if act == "write-down":
            listening.write_down_only(service(), person_id, *ids, typed, _seen())
        else:
            listening.share_what_was_said(service(), person_id, *ids, typed, _seen())
    except Refusal as refused:
        return _again(refused, words.VOICE, ids, typed)
    flash("Written down." if act == "write-down" else "Shared. It may be quoted now, as you wrote it down.")
    return redirect(url_for("care_queue.page", show=words.VOICE), 303)


@blueprint.get("/recordings/<uuid:visit_id>/<uuid:voice_id>/sound")
@requires(ACTION)
def sound_of(visit_id: UUID, voice_id: UUID) -> ResponseReturnValue:
    """The recording, to the second person and nobody else."""
    ids = (str(visit_id), str(voice_id))
    _permit(listening.exercise_of_voice(service(), *ids))
    return sound(*listening.recording_to_hear(service(), current_person().id, *ids))


@blueprint.post("/undo")
@requires(ACTION)
def undo() -> ResponseReturnValue:
    """Take one's own last decision back."""
    found = words.queue(service(), current_person().id, _looked_after()).last
    if found is None:
        flash("There is nothing of yours to undo.")
        return redirect(url_for("care_queue.page"), 303)
    thing = words.undo_last(service(), current_person().id, found.exercise_id, request.form.get("number", type=int))
    flash("Undone. It waits again.")
    return redirect(url_for("care_queue.page", show=thing), 303)


@blueprint.get("/photos/<uuid:visit_id>/<uuid:photo_id>/image")
@requires(ACTION)
def image(visit_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """The cleaned copy, to the second person."""
    ids = (str(visit_id), str(photo_id))
    _permit(words.exercise_of_photo(service(), *ids))
    return Response(words.copy_to_check(service(), current_person().id, *ids), mimetype=CLEAN_MEDIA_TYPE)
