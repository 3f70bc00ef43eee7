"""Reporting's pages and API, put together into one app."""

from __future__ import annotations

from flask import Flask

from services.reporting.web import (
    api_documents,
    api_recommendations,
    page_asked,
    page_changes,
    page_heard,
    page_recommendation,
    page_recommendations,
    page_writing,
    words,
)
from services.reporting.web.api import SERVICE
from shared.runtime.service import Service
from shared.web import dead_letters, languages, operations
from shared.web.app import api_of, create_service_app


def create_app(service: Service) -> Flask:
    """The Flask app of reporting. Opens nothing before the first request."""
    app = create_service_app(
        "reporting",
        "services.reporting",
        settings=service.settings,
        clock=service.clock,
        database=service.database,
    )
    app.extensions[SERVICE] = service
    operations.install(app, service)
    languages.speak(app, "changes_page")
    words.install(app)
    for api in (api_recommendations, api_documents):
        api_of(app).register_blueprint(api.blueprint)
    for page in (page_recommendations, page_asked, page_recommendation, page_writing, page_heard, page_changes):
        app.register_blueprint(page.blueprint)
    app.register_blueprint(dead_letters.blueprint(service, "/reports/set-aside"))
    return app
