"""Assessment's pages and API, put together into one app."""

from __future__ import annotations

from flask import Flask

from services.assessment.web import api, pages
from services.assessment.web.asking import SERVICE
from shared.runtime.service import Service
from shared.web import dead_letters, operations
from shared.web.app import api_of, create_service_app


def create_app(service: Service) -> Flask:
    """The Flask app of assessment. Opens nothing before the first request."""
    app = create_service_app(
        "assessment", "services.assessment", settings=service.settings, clock=service.clock, database=service.database
    )
    app.extensions[SERVICE] = service
    operations.install(app, service)
    api_of(app).register_blueprint(api.blueprint)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(dead_letters.blueprint(service, "/findings/set-aside"))
    return app
