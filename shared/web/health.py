"""Whether this service is alive, and whether it can do its work: two small answers for whoever watches over it."""

from __future__ import annotations

from flask import Flask, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from shared.messaging import dead_letters
from shared.storage.database import Database
from shared.web.gate import open_to_all


def install(app: Flask, name: str, database: Database) -> None:
    """Answer `/healthz` and `/readyz`, and the same under `/api/<name>/` where three services share one address."""

    @open_to_all
    def healthz() -> Response:
        return jsonify(service=name, state="alive")

    @open_to_all
    def readyz() -> tuple[Response, int]:
        try:
            with database.reading() as tx:
                stops = dead_letters.stopped(tx)
        except SQLAlchemyError:
            return jsonify(service=name, state="the database is away"), 503
        if stops:
            # Pages still work, so the service may have visitors; whoever watches over it must be told.
            return jsonify(service=name, state="a worker has stopped", why=[stop.why for stop in stops]), 200
        return jsonify(service=name, state="ready"), 200

    for prefix in ("", f"/api/{name}"):
        suffix = "_api" if prefix else ""
        app.add_url_rule(f"{prefix}/healthz", f"healthz{suffix}", healthz)
        app.add_url_rule(f"{prefix}/readyz", f"readyz{suffix}", readyz)
