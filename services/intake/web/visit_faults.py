"""What the pages of a visit say when something cannot be kept or sent: each sentence names its thing and what to do."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _

from services.intake.domain import draft as drafts_domain
from services.intake.domain.acceptance import words_fault
from services.intake.use_cases.drafts import OpenDraft
from services.intake.web.api import service
from services.intake.web.dates import day
from shared.contracts.days import day_here
from shared.contracts.refusals import Refusal
from shared.web.languages import in_its_language


def fault_of_words(words: str, about: str) -> str | None:
    """What to do about words that cannot be kept, or None. `about`: the question they answer, as the page asks it."""
    longest = service().settings.words_characters
    if words_fault(words, longest) is None:
        return None
    said: str = (
        _("Make these words shorter, %(most)s letters at most: %(about)s", most=f"{longest:,}", about=about)
        if len(words) > longest
        else _("Type these words again. Something in them cannot be kept: %(about)s", about=about)
    )
    return said


def faults_in_part(found: OpenDraft, answers: dict[str, dict[str, Any] | None], first: str) -> dict[str, str]:
    """By field, what cannot be kept of what was typed in one part. `answers` by place, as the draft keeps them."""
    faults = {}
    for at, said in answers.items():
        code = at.rpartition("/")[2]
        prompt = found.instrument.item(code).prompt
        if said and (lacks := drafts_domain.lacks_strength(said)):
            faults[f"a.{code}"] = (
                _("Say how much it got to you, or choose another answer: %(prompt)s", prompt=prompt)
                if lacks == "trigger"
                else _("Say how much it helped you, or choose another answer: %(prompt)s", prompt=prompt)
            )
        if said and (fault := fault_of_words(said.get("words", ""), prompt)):
            faults[f"w.{code}"] = fault
    if fault := fault_of_words(first, _("What hit you first?")):
        faults["first"] = fault
    return faults


def missing_before_sending(found: OpenDraft) -> dict[str, str]:
    """By field, what still has to be said before the visit can be sent."""
    faults = {}
    if not found.content["visited_on"]:
        faults["visited_on"] = _("Say on which day you went.")
    if not found.content["part_of_day"]:
        faults["part_of_day"] = _("Say which part of the day it was.")
    for at, said in found.content["answers"].items():
        if drafts_domain.lacks_strength(said):
            zone, _slash, code = at.rpartition("/")
            faults[f"part.{zone}"] = _(
                "One answer needs to know how much: %(prompt)s", prompt=found.instrument.item(code).prompt
            )
    return faults


def why_not_sent(found: OpenDraft, refused: Refusal) -> dict[str, str]:
    """By field, why the visit was not taken; under `visit` what belongs to no field of the page."""
    if refused.status == 412:
        changed = _("This visit was changed somewhere else in the meantime. Look it over, then send it once more.")
        return {"visit": changed}
    if refused.code != "invalid":
        return {"visit": in_its_language(refused.detail)}
    faults = {}
    for error in refused.errors:
        name = error.pointer.lstrip("/").split("/")[0]
        if name == "visited_on":
            faults[name] = _another_day(found)
        elif name == "part_of_day":
            faults[name] = _("Say which part of the day it was.")
        else:
            faults["visit"] = _(
                "Something in this visit does not fit any more. Nothing is lost: look it over, and send it again. "
                "If that does not help, ask the lead."
            )
    return faults or {"visit": in_its_language(refused.detail)}


def _another_day(found: OpenDraft) -> str:
    wave = found.exercise.wave(found.content["wave"])
    try:
        went = date.fromisoformat(found.content["visited_on"])
    except (TypeError, ValueError):
        went = None
    if went is None or wave is None:
        said: str = _("Say on which day you went.")
    elif went > day_here(service().clock.now()):
        said = _("This day has not come yet.")
    else:
        days = {"opens": day(wave.opens), "closes": day(wave.closes)}
        said = _("Choose the day you went. This round was from %(opens)s to %(closes)s.", **days)
    return said
