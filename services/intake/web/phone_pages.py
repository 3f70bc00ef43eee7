"""The visit on a phone: one page that holds all of an assignment, the worker that keeps it there, and who is asking.

The page may lie on the phone for weeks and is compressed, so it holds no form token: the phone asks for one at the
moment it sends.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, g, jsonify, make_response, render_template
from flask_wtf.csrf import generate_csrf
from marshmallow import Schema, fields

from services.intake.use_cases.phone import for_phone, owner_of
from services.intake.web import phone_script
from services.intake.web.api import ApiBlueprint, service
from services.intake.web.phone_views import phone_data
from services.intake.web.phone_words import sending_words
from shared.web import static_files
from shared.web.gate import current_person, open_to_all, person_or_none, signed_in
from shared.web.languages import asked_here, language
from shared.web.openapi import PROBLEM, Problem

OWNER = "X-Open-Door-Owner"
"""On every page of somebody who is signed in, so that the worker never shows one person the pages of another."""
SAID = "X-Open-Door-Said"
"""On the page of a visit: the script that must be kept with it."""
SHELL = "/on-this-phone"

pages = Blueprint("phone", __name__)
api = ApiBlueprint("phone_api", __name__, url_prefix="/api/intake/v1", description="The phone that is asking")


class PhoneAnswer(Schema):
    """Who is signed in on this phone, as a name that names nobody; and the token its next calls need."""

    owner = fields.String(required=True)
    csrf_token = fields.String(required=True, allow_none=True)


@pages.get("/visits/<uuid:assignment_id>/phone")
@signed_in
def page(assignment_id: UUID) -> Response:
    """One's own assignment, all of it, to be filled in with or without signal."""
    found = for_phone(service(), current_person().id, str(assignment_id))
    found = replace(found, instrument=asked_here(found.instrument))
    said = phone_script.address(found.instrument, language())
    text = render_template(
        "intake/phone.html",
        ready=found.ready,
        instrument=found.instrument,
        channel=found.channel,
        page=phone_data(found),
        said=said,
    )
    response = make_response(text)
    response.headers[SAID] = said
    return response


@pages.get(SHELL)
@open_to_all
def shell() -> str:
    """What opens when there is no signal: what is kept on this phone. It says nothing of anybody; its script does."""
    return render_template(
        "intake/on_this_phone.html",
        words=sending_words(),
        signed_in=False,
        is_volunteer=True,
        nav_items=[],
        help_contact=None,
    )


@pages.get("/sw.js")
@open_to_all
def worker() -> Response:
    """The service worker, always the newest, for the whole site."""
    names = current_app.jinja_env.get_template("parts/asset_names.html").module
    script = static_files.answer(static_files.HERE, str(names.worker))  # type: ignore[attr-defined]
    script.headers["Cache-Control"] = "no-cache"
    script.headers["Service-Worker-Allowed"] = "/"
    return script


@api.route("/phone")
@signed_in
@api.alt_response(200, schema=PhoneAnswer, description="Who is signed in on this phone.")
@api.alt_response(401, schema=Problem, content_type=PROBLEM, description="Nobody is signed in.")
def phone() -> Response:
    """Asked before every sending: is it still the same person, and with which token may the phone send?"""
    token = None if g.get("by_token") else generate_csrf()
    return jsonify({"owner": owner_of(service(), current_person().id), "csrf_token": token})


def install(app: Flask) -> None:
    """Register page, worker and API, and say on every page whose it is."""
    app.register_blueprint(pages)
    app.register_blueprint(phone_script.blueprint)

    def say_whose(response: Response) -> Response:
        person = person_or_none()
        if person is not None and response.mimetype == "text/html":
            response.headers[OWNER] = owner_of(service(), person.id)
        return response

    app.after_request(say_whose)
