"""Intake's pages and API, put together into one app."""

from __future__ import annotations

from flask import Flask

from services.intake.web import (
    buddy_pages,
    care_help,
    care_pages,
    care_queue,
    care_words,
    consents_api,
    consents_pages,
    dates,
    exercise_pages,
    letters_page,
    names_apart,
    phone_care_api,
    phone_pages,
    photo_api,
    photo_pages,
    pin_pages,
    plan_api,
    plan_assignment_pages,
    plan_entry_pages,
    plan_files,
    plan_pages,
    reach_pages,
    receipt_pages,
    sign_in,
    today,
    visit_pages,
    visits_api,
    visits_seen_pages,
    voice_api,
    voice_pages,
)
from services.intake.web.api import SERVICE
from shared.runtime.service import Service
from shared.web import languages, operations
from shared.web.app import api_of, create_service_app

_APIS = (
    plan_api.blueprint,
    visits_api.blueprint,
    consents_api.blueprint,
    photo_api.blueprint,
    voice_api.blueprint,
    phone_pages.api,
    phone_care_api.blueprint,
)
_PAGES = (
    sign_in.blueprint,
    today.blueprint,
    exercise_pages.blueprint,
    plan_pages.blueprint,
    plan_entry_pages.blueprint,
    plan_assignment_pages.blueprint,
    plan_files.blueprint,
    visit_pages.blueprint,
    photo_pages.blueprint,
    voice_pages.blueprint,
    pin_pages.blueprint,
    receipt_pages.blueprint,
    consents_pages.blueprint,
    care_queue.blueprint,
    care_pages.blueprint,
    buddy_pages.blueprint,
    reach_pages.blueprint,
    letters_page.blueprint,
    visits_seen_pages.blueprint,
)


def create_app(service: Service) -> Flask:
    """The Flask app of intake. Opens nothing before the first request."""
    app = create_service_app(
        "intake", "services.intake", settings=service.settings, clock=service.clock, database=service.database
    )
    app.extensions[SERVICE] = service
    operations.install(app, service)
    for api in _APIS:
        api_of(app).register_blueprint(api)
    for pages in _PAGES:
        app.register_blueprint(pages)
    phone_pages.install(app)
    pin_pages.install(app)
    languages.speak(app, "sign_in", "visit", "photo_pages", "voice_pages", "pin_pages", "receipt")
    languages.speak(app, "consents", "care", "buddy", "phone", "reach")
    dates.install(app)
    names_apart.install(app)
    care_words.install(app)
    care_help.install(app)
    sign_in.limit(app, enabled=service.settings.rate_limits)
    return app
