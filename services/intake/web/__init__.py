"""Intake's pages and API, put together into one app."""

from __future__ import annotations

from flask import Flask

from services.intake.web import plan_api
from services.intake.web.api import SERVICE
from shared.runtime.service import Service
from shared.web.app import api_of, create_service_app


def create_app(service: Service) -> Flask:
    """The Flask app of intake. Opens nothing before the first request."""
    app = create_service_app(
        "intake", "services.intake", settings=service.settings, clock=service.clock, database=service.database
    )
    app.extensions[SERVICE] = service
    api_of(app).register_blueprint(plan_api.blueprint)
    return app
