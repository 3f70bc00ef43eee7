"""The gate every request passes: who is it, and does the one table of rules let them in? No rule, no answer.

Every view declares its rule with one of five decorators. A view that declares `requires(action)` and has no
`exercise_id` in its path finds the exercise itself and must ask `permit` before it answers; if it forgets, its
answer is thrown away.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from shared.access import credentials, directory
from shared.access.credentials import SESSION_LASTS, CredentialRefused, Purpose
from shared.access.directory import ExerciseEntry
from shared.access.roles import Role
from shared.access.rules import ACTIONS, roles_allowed
from shared.contracts.refusals import Refusal, forbidden, not_found
from shared.contracts.sentences import Sentence
from shared.runtime.clock import Clock
from shared.runtime.settings import Settings
from shared.storage.database import Database
from shared.web.typed import given_back, typed_here

View = TypeVar("View", bound=Callable[..., Any])
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN, _SIGNED_IN, _REQUIRES, _WATCHERS = "open", "signed-in", "requires", "watchers"
_SAME = "same-for-everybody"
_PASSED_ON_BY = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")
"""Headers that say a proxy stands between us and whoever asks."""


@dataclass(frozen=True, slots=True)
class AccessRule:
    """What a view declared."""

    kind: str
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking, as far as a signature proves it."""

    id: str
    credential_id: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A yes: who, in which exercise, and under which of their roles the action is allowed."""

    person_id: str
    exercise: ExerciseEntry
    roles: frozenset[Role]
    all_roles: frozenset[Role]
    representative: bool


def open_to_all(view: View) -> View:
    """Anybody may open this, signed in or not."""
    return _declare(view, AccessRule(_OPEN))


def same_for_everybody(view: View) -> View:
    """Anybody may read this, and who it is is not even asked, so that a browser may keep it whoever signs in."""
    return _declare(view, AccessRule(_SAME))


def signed_in(view: View) -> View:
    """Anybody who is signed in may open this; it shows them nothing but their own."""
    return _declare(view, AccessRule(_SIGNED_IN))


def requires(action: str) -> Callable[[View], View]:
    """Only those whom the table of rules allows `action` in the exercise at its present stage."""
    if action not in ACTIONS:
        raise KeyError(action)
    return lambda view: _declare(view, AccessRule(_REQUIRES, action))


def for_watchers(view: View) -> View:
    """Only what watches over the service: a program with the token of OPENDOOR_METRICS_TOKEN; without that setting, one
    on this very machine. It is no person, so no role opens this."""
    return _declare(view, AccessRule(_WATCHERS))


def _declare(view: View, rule: AccessRule) -> View:
    view.access_rule = rule  # type: ignore[attr-defined]
    return view


def access_rule(app: Flask, endpoint: str) -> AccessRule | None:
    """The rule a route declared, or None: then nobody passes."""
    if endpoint.startswith("api-docs."):
        return AccessRule(_OPEN)
    return getattr(app.view_functions[endpoint], "access_rule", None)


def current_person() -> Person:
    """Who is asking. Raises Refusal (401) when nobody is signed in."""
    person = g.get("person")
    if person is None:
        raise Refusal(401, "not-signed-in", Sentence("You need to sign in first."))
    assert isinstance(person, Person)
    return person


def person_or_none() -> Person | None:
    """Who is asking, or None: for pages that are open to all."""
    person = g.get("person")
    return person if isinstance(person, Person) else None


def sign_in(person_id: str, credential_id: str, now: datetime) -> None:
    """Begin a session of this browser. Whatever an earlier person left in it is thrown away first.

    Each page renews the cookie, so when it began stands in it: after SESSION_LASTS it takes a link again.
    """
    session.clear()
    session.permanent = True
    session["person"] = person_id
    session["credential"] = credential_id
    session["since"] = int(now.timestamp())


def sign_out() -> None:
    """End the session of this browser."""
    session.clear()


def permit(tx: Connection, action: str, exercise_id: str) -> Grant:
    """Ask the table. Raises Refusal: 404 when the person may not know of the exercise or this part of it, else 403."""
    person = current_person()
    exercise = directory.exercise(tx, exercise_id)
    membership = directory.membership(tx, person.id, exercise_id)
    g.access_decided = True
    if exercise is None or membership is None:
        raise not_found()
    allowed = roles_allowed(action, membership.roles, exercise.stage)
    if not allowed:
        sees_it = roles_allowed("exercise.read", membership.roles, exercise.stage)
        if sees_it and request.method not in _SAFE:
            raise forbidden(Sentence("You can see this, but it is not yours to do."))
        raise not_found()
    grant = Grant(person.id, exercise, allowed, membership.roles, membership.representative)
    g.grant = grant
    return grant


def database_of_request() -> Database:
    """The database of the service that is answering, for what stands around the views."""
    kept = current_app.extensions["opendoor.database"]
    assert isinstance(kept, Database)
    return kept


def mark_decided() -> None:
    """Say that the view has decided by a rule of its own, such as "only the volunteer whose visit it is"."""
    g.access_decided = True


def install(app: Flask, *, settings: Settings, clock: Clock, database: Database, csrf: CSRFProtect) -> None:
    """Put the gate in front of every view of `app`."""
    app.extensions["opendoor.database"] = database

    def pass_gate() -> AnyResponse | None:
        if request.endpoint is None:
            return None  # no such path: the 404 handler answers
        rule = access_rule(app, request.endpoint)
        if rule is not None and rule.kind == _WATCHERS:
            _only_watchers(settings)
            return None
        if rule is not None and rule.kind == _SAME and request.method in _SAFE:
            return None
        g.person = _who(settings, clock, database)
        if rule is None:
            raise not_found()
        if rule.kind not in (_OPEN, _SAME) and g.person is None:
            return _ask_to_sign_in()
        if request.method == "OPTIONS":
            # Which methods an address has is the same for whoever asks and whatever is there: no view runs.
            mark_decided()
            return current_app.make_default_options_response()
        if request.method not in _SAFE and not g.get("by_token"):
            try:
                csrf.protect()
            except CSRFError as refused:
                if g.person is not None and not request.path.startswith("/api/") and (typed := typed_here()):
                    return given_back(typed, signed_in=True)
                raise Refusal(
                    403, "form-expired", Sentence("This page was open too long. Go back, reload it, and send it again.")
                ) from refused
        exercise_id = (request.view_args or {}).get("exercise_id")
        if rule.kind == _REQUIRES and exercise_id is not None:
            assert rule.action is not None
            with database.reading() as tx:
                permit(tx, rule.action, str(exercise_id))
        return None

    def refuse_undecided(response: Response) -> Response:
        rule = access_rule(app, request.endpoint) if request.endpoint else None
        if rule and rule.kind == _REQUIRES and response.status_code < 400 and not g.get("access_decided"):
            if g.get("person") is None:
                return response  # sent to the sign-in page
            return current_app.make_response(current_app.handle_user_exception(not_found()))
        return response

    app.before_request(pass_gate)
    app.after_request(refuse_undecided)


def _only_watchers(settings: Settings) -> None:
    if settings.metrics_token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        allowed = hmac.compare_digest(given.encode(), settings.metrics_token.encode())
    else:
        near = request.remote_addr in ("127.0.0.1", "::1")
        allowed = near and not any(header in request.headers for header in _PASSED_ON_BY)
    if not allowed:
        raise not_found()


def _who(settings: Settings, clock: Clock, database: Database) -> Person | None:
    header = request.headers.get("Authorization", "")
    if header:
        g.by_token = True
        return _bearer(header, settings, clock, database)
    person_id, credential_id = session.get("person"), session.get("credential")
    if not person_id or not credential_id or not _goes_on(clock.now()):
        return None
    with database.glancing() as tx:
        if directory.is_revoked(tx, credential_id):
            return None
    return Person(person_id, credential_id)


def _goes_on(now: datetime) -> bool:
    since = session.get("since")
    return isinstance(since, int) and now < datetime.fromtimestamp(since, UTC) + SESSION_LASTS


def _bearer(header: str, settings: Settings, clock: Clock, database: Database) -> Person:
    scheme, _, token = header.partition(" ")
    refused = Refusal(
        401, "token-refused", Sentence("This token is not valid, or is no longer valid. Ask for a new one.")
    )
    if scheme.lower() != "bearer":
        raise refused
    try:
        proven = credentials.read(settings.signing_key, Purpose.TOKEN, token.strip(), clock.now())
    except CredentialRefused:
        raise refused from None
    with database.glancing() as tx:
        if directory.is_revoked(tx, proven.credential_id):
            raise refused
    return Person(proven.person_id, proven.credential_id)


def _ask_to_sign_in() -> AnyResponse:
    if request.path.startswith("/api/"):
        raise Refusal(401, "not-signed-in", Sentence("Send a token with this call, or sign in first."))
    if typed := typed_here():
        return given_back(typed, signed_in=False)
    if "sign_in.page" in current_app.view_functions:
        return redirect(url_for("sign_in.page"), 303)
    return redirect("/sign-in", 303)
