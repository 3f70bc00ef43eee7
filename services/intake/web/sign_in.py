"""Coming in by a link and going out again. Opening a link does nothing yet, so that a preview cannot sign in."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as AnyResponse

from services.intake.use_cases.seen import see_myself
from services.intake.use_cases.sign_in import came_in, read_link
from services.intake.web.api import service
from shared.web import gate
from shared.web.gate import open_to_all

blueprint = Blueprint("sign_in", __name__)
TRIES = "30 per minute"
_LINK = re.compile(r"/sign-in/([\w.~-]+)/?\s*$")


@blueprint.get("/sign-in")
@open_to_all
def page() -> str:
    """For people without a link: whom to ask."""
    return render_template("intake/sign_in.html")


@blueprint.post("/sign-in")
@open_to_all
def paste() -> AnyResponse:
    """A link in a field: on a home screen there is no line for addresses. Leads where tapping it would have led."""
    found = _LINK.search(request.form.get("link", ""))
    if found is None:
        return make_response(render_template("intake/sign_in.html", no_link=True), 422)
    return redirect(url_for("sign_in.arrive", token=found[1]), 303)


@blueprint.get("/sign-in/<token>")
@open_to_all
def arrive(token: str) -> AnyResponse:
    """Where this link leads, and one button."""
    way = read_link(service(), token)
    if way is None:
        return _no_longer_good()
    exercises = see_myself(service(), way.credential.person_id)["exercises"]
    return make_response(render_template("intake/sign_in_arrive.html", way=way, token=token, exercises=exercises))


@blueprint.post("/sign-in/<token>")
@open_to_all
def enter(token: str) -> AnyResponse:
    """Sign in and go to one's first page."""
    way = read_link(service(), token)
    if way is None:
        return _no_longer_good()
    came_in(service(), way.credential)
    gate.sign_in(way.credential.person_id, way.credential.credential_id, service().clock.now())
    return redirect(url_for("today.page"), 303)


def _no_longer_good() -> Response:
    return make_response(render_template("intake/sign_in.html", link_refused=True), 404)


@blueprint.post("/sign-out")
@open_to_all
def leave() -> AnyResponse:
    """End the session, and let the browser forget what it kept of these pages.

    What was written on this phone and not sent yet stays, unseen until its owner signs in again: "storage" would throw
    it away. The service worker forgets the pages of visits when it sees this call.
    """
    gate.sign_out()
    response = redirect(url_for("sign_in.page", gone=1), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def limit(app: Flask, *, enabled: bool) -> None:
    """Slow down guessing at links; nothing else is limited."""
    limiter = Limiter(get_remote_address, app=app, enabled=enabled, storage_uri="memory://")
    app.extensions["opendoor.sign-in-limiter"] = limiter  # its views hold it weakly
    for endpoint in ("sign_in.enter", "sign_in.arrive", "sign_in.paste"):
        view: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = limiter.limit(TRIES)(view)  # keeps the view's access rule
