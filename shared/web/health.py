"""Whether this service is alive: the smallest answer there is, for whoever would start it again if it were not."""

from __future__ import annotations

from flask import Flask, Response, jsonify

from shared.web.gate import open_to_all


def install(app: Flask, name: str) -> None:
    """Answer `/healthz`, and the same under `/api/<name>/` where three services share one address."""

    @open_to_all
    def healthz() -> Response:
        return jsonify(service=name, state="alive")

    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule(f"/api/{name}/healthz", "healthz_api", healthz)
