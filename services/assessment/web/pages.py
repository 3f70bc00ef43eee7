"""The pages of findings: the list of places, a place with what was found there, before and after, and the reply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from services.assessment.domain import headings, sentences
from services.assessment.forms.findings import storable_words
from services.assessment.use_cases import reading, replying
from services.assessment.use_cases.instruments_used import ENVIRONMENT, SHOP
from services.assessment.use_cases.reading import SitePage
from services.assessment.web.asking import reader, service
from services.assessment.web.photo import photo_response
from shared.access.roles import HOST_ROLES
from shared.access.rules import roles_allowed
from shared.contracts.instruments import Item, load, published
from shared.contracts.refusals import not_found
from shared.web.gate import current_person, requires, signed_in

blueprint = Blueprint("findings", __name__, url_prefix="/findings")

SITE = "/<uuid:exercise_id>/<uuid:site_id>"


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The places whose findings the reader may see, by exercise."""
    exercises = [
        {
            "title": exercise.title,
            "partner": exercise.partner["name"],
            "rows": [
                {
                    "text": site.name,
                    "href": url_for("findings.site", exercise_id=exercise.id, site_id=site.id),
                    "words": _what_is_there(waves),
                }
                for site, waves in sites
            ],
        }
        for exercise, sites in reading.my_sites(service(), current_person().id)
    ]
    return render_template("assessment/index.html", exercises=exercises)


@blueprint.get(SITE)
@requires("findings.read")
def site(exercise_id: UUID, site_id: UUID) -> ResponseReturnValue:
    """What was found in one place: how it was, what should stay, red flags, the way through, the talk, how sure."""
    page = reading.site_page(service(), reader(), str(site_id), _whole(request.args.get("wave")))
    return _show(page, exercise_id, site_id, {}, {})


@blueprint.get(f"{SITE}/compare")
@requires("findings.read")
def compare(exercise_id: UUID, site_id: UUID) -> ResponseReturnValue:
    """Before and after, thing by thing; totals come last."""
    waves = reader().visible_waves()
    start, end = _whole(request.args.get("from")), _whole(request.args.get("to"))
    if start is None and end is None and len(waves) > 1:
        start, end = waves[0], waves[-1]
    if start is None or end is None or start >= end:
        raise not_found()
    page = reading.compared_page(service(), reader(), str(site_id), start, end)
    found, drawn = page.found, {(one["item"], one["zone"]): one for one in page.findings}
    place = reader().exercise.site(str(site_id))
    return render_template(
        "assessment/compare.html",
        found=found,
        site=place,
        exercise_id=exercise_id,
        site_id=site_id,
        start=start,
        end=end,
        round_name=sentences.round_name,
        things=_things(),
        prompts=_prompts(),
        chance=sentences.chance_in_words(found["sign_test"]["p"]) if found["sign_test"] else None,
        rows=sorted(
            (
                {**row, "first": row["flag"] not in (None, "none") or (row["item"], row["zone"]) in drawn}
                for row in found["items"]
            ),
            key=_weight,
        ),
        talk=sorted(page.talk, key=lambda row: _FIRST.index(row["flag"])),
        unmatched=[row for row in found["unmatched"] if row["flag"] not in (None, "none")],
        photos={
            key: _photos((photo for photo in one["photos"] if photo["wave"] in (start, end)), exercise_id, site_id)
            for key, one in drawn.items()
        },
        back=url_for("findings.site", exercise_id=exercise_id, site_id=site_id),
    )


@blueprint.post(f"{SITE}/findings/<uuid:finding_id>/reply")
@requires("findings.reply")
def reply(exercise_id: UUID, site_id: UUID, finding_id: UUID) -> ResponseReturnValue:
    """Keep what the partner's manager says beside a finding."""
    text = request.form.get("text", "")
    wave = _whole(request.args.get("wave"))
    try:
        storable_words(text)
    except ValidationError as fault:
        page = reading.site_page(service(), reader(), str(site_id), wave)
        name = f"text-{finding_id}"
        errors = {name: f"Your words: this {fault.messages[0]}"}
        return _show(page, exercise_id, site_id, errors, {str(finding_id): text}), 422
    replying.reply(service(), reader(), str(site_id), str(finding_id), text)
    flash("Your words stand beside the finding now.")
    anchor = f"finding-{finding_id}"
    shown = url_for("findings.site", exercise_id=exercise_id, site_id=site_id, wave=wave, _anchor=anchor)
    return redirect(shown, 303)


@blueprint.get(f"{SITE}/photos/<uuid:photo_id>")
@requires("findings.read")
def photo(exercise_id: UUID, site_id: UUID, photo_id: UUID) -> Response:
    """A released photo of a finding."""
    return photo_response(str(site_id), str(photo_id), request.args.get("size", "display"))


def _show(page: SitePage, exercise_id: UUID, site_id: UUID, errors: dict[str, str], typed: dict[str, str]) -> str:
    grant = g.grant
    result = page.result
    findings = [_card(one, exercise_id, site_id) for one in page.findings]
    reds = _kind(findings, "red", "open")
    strengths, ambers = (sorted(_kind(findings, kind, "open"), key=_how_often) for kind in ("strength", "amber"))
    return render_template(
        "assessment/site.html",
        page=page,
        exercise=grant.exercise,
        exercise_id=exercise_id,
        site_id=site_id,
        result=result,
        host=bool(grant.roles & HOST_ROLES),
        sentence=sentences.how_it_was(result, findings),
        round_name=sentences.round_name,
        capped=sentences.band_in_words(result["site"]),
        sure=_how_sure(result),
        agreement={name: sentences.agreement_in_words(part) for name, part in result["agreement"].items()},
        figures={name: sentences.figures_of_agreement(part) for name, part in result["agreement"].items()},
        strengths=strengths,
        reds=reds,
        ambers=ambers,
        resolved=_kind(findings, "red", "resolved"),
        must_haves=[item for item in result["mystery_shop"]["items"] if item["must_have"]],
        zones=[zone for zone in result["zones"] if zone["state"] != "nothing-seen"],
        items=_by_zone(result["items"]),
        explained={zone["zone"]: zone for zone in page.explained["zones"]},
        prompts=_prompts(),
        may_reply=bool(roles_allowed("findings.reply", grant.all_roles, grant.exercise.stage)),
        errors=errors,
        typed=typed,
    )


def _what_is_there(waves: list[int]) -> str:
    if not waves:
        return "Nobody has been there yet."
    rounds = [sentences.round_name(number) for number in waves]
    first = ", ".join(rounds[:-1])
    return f"Here is what was found: {first} and {rounds[-1]}." if first else f"Here is what was found: {rounds[-1]}."


def _how_sure(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The building and the talk, each by itself: seven visits to either are not seven to both."""
    parts = (("The building", result["site"]), ("The talk", result["mystery_shop"]))
    told = [{"name": name, **part, "words": sentences.how_sure(part)} for name, part in parts if part["visits"]]
    if told:
        return told
    return [{"name": "", "sure": None, "words": sentences.how_sure(result)}]


def _card(one: dict[str, Any], exercise_id: UUID, site_id: UUID) -> dict[str, Any]:
    earlier = [{**wave, "photos": _photos(wave["photos"], exercise_id, site_id)} for wave in one["earlier"]]
    return {**one, "photos": _photos(one["photos"], exercise_id, site_id), "earlier": earlier}


def _kind(findings: Iterable[dict[str, Any]], kind: str, state: str) -> list[dict[str, Any]]:
    return [one for one in findings if one["kind"] == kind and one["state"] == state]


def _how_often(finding: dict[str, Any]) -> float:
    """What most visits met comes first; the order of the journey decides between equals."""
    return -finding["k"] / finding["n"] if finding["n"] else 0.0


def _by_zone(items: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        found.setdefault(item["zone"], []).append(item)
    return found


def _photos(photos: Iterable[dict[str, Any]], exercise_id: UUID, site_id: UUID) -> list[dict[str, Any]]:
    prompts = _prompts()
    return [
        {
            **photo,
            "src": url_for("findings.photo", exercise_id=exercise_id, site_id=site_id, photo_id=photo["id"]),
            "marks": [{**mark, "item_words": prompts.get(mark["item"])} for mark in photo["marks"]],
        }
        for photo in photos
    ]


def _prompts() -> dict[str, str]:
    return {item.code: item.prompt for item in _items()}


def _things() -> dict[str, str]:
    return {item.code: headings.thing(item) for item in _items()}


def _items() -> Iterator[Item]:
    versions = dict(published())
    return (item for name in (ENVIRONMENT, SHOP) for item in load(name, versions[name]).items)


_FIRST = ("new-red", "still-open", "cannot-tell", "new-amber", "resolved", "none", None)


def _weight(row: dict[str, Any]) -> tuple[int, int]:
    verdicts = ("worse", "better", "same", None)
    return _FIRST.index(row["flag"]), verdicts.index(row["verdict"])


def _whole(text: str | None) -> int | None:
    """A wave in a query; nothing when none is named. Raises Refusal (404) for what is no number of a wave."""
    if text is None or text == "":
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise not_found()
    return int(text)
