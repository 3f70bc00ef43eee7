"""Makes the Flask app of a service with everything that must be the same in all three."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import jinja2
from flask import Flask, Response
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.runtime.clock import Clock
from shared.runtime.settings import Settings
from shared.storage.database import Database
from shared.web import compressing, gate, health, languages, leaving, navigation, problems, static_files, watching
from shared.web.json_answers import JsonAnswers
from shared.web.openapi import DescribedApi
from shared.web.sessions import CookieSessions

HERE = Path(__file__).parent
SESSION_HOURS = 12

PICTURES = "img-src 'self' data: blob:"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        PICTURES,
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(self), camera=(self)",
    # Nothing somebody saw may be found again behind the Back button of a shared phone.
    "Cache-Control": "no-store",
}


class _App(Flask):
    """Flask, which asks again and again whether a view is a coroutine. None of ours is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is."""
        return func


def create_service_app(name: str, import_name: str, *, settings: Settings, clock: Clock, database: Database) -> Flask:
    """A Flask app with gate, errors, headers, templates, static files and `app.extensions["api"]`.

    `name` is the service ("intake"); `import_name` its package, whose `templates` and `static` folders are
    used. Opens nothing: the database connects at the first request.
    """
    app = _App(import_name, static_folder=None, template_folder="templates")
    app.session_interface = CookieSessions()
    app.json = JsonAnswers(app)
    app.config.update(
        SECRET_KEY=settings.signing_key,
        MAX_CONTENT_LENGTH=settings.form_bytes,
        MAX_FORM_MEMORY_SIZE=4_000_000,
        MAX_FORM_PARTS=2_000,
        SESSION_COOKIE_NAME="opendoor",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=SESSION_HOURS),
        WTF_CSRF_CHECK_DEFAULT=False,  # the gate asks for it: API calls with a token need none
        WTF_CSRF_TIME_LIMIT=None,  # a form left open over lunch still sends; it is bound to the session
        WTF_CSRF_SSL_STRICT=False,
        API_TITLE=f"Open Door: {name}",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=f"/api/{name}",
        OPENAPI_JSON_PATH="openapi.json",
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    own = app.jinja_loader
    assert own is not None
    app.jinja_loader = jinja2.ChoiceLoader(
        [
            own,
            jinja2.FileSystemLoader(HERE / "templates"),
            jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    watching.install(app, name)
    languages.install(app)
    csrf = CSRFProtect(app)
    app.extensions["api"] = DescribedApi(app)
    problems.install(app)
    gate.install(app, settings=settings, clock=clock, database=database, csrf=csrf)
    navigation.install(app)
    health.install(app, name)
    leaving.install(app)
    static_files.install(app, name)
    compressing.install(app)
    _add_headers(app, settings)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0)  # type: ignore[method-assign]
    return app


def _add_headers(app: Flask, settings: Settings) -> None:
    policy = CONTENT_SECURITY_POLICY.replace(PICTURES, f"{PICTURES} {settings.pictures_from}".rstrip())
    wanted = (HEADERS | {"Content-Security-Policy": policy}).items()

    def add(response: Response) -> Response:
        said = {header.lower() for header, _ in response.headers}
        response.headers.extend([(header, value) for header, value in wanted if header.lower() not in said])
        return response

    app.after_request(add)


def api_of(app: Flask) -> Any:
    """The app's flask-smorest Api, to register blueprints on."""
    return app.extensions["api"]
