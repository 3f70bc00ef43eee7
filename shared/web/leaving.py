"""Where "Leave this page" leads: a neutral page that says nothing of Open Door, open to everybody."""

from __future__ import annotations

from flask import Flask, Response, make_response, render_template

from shared.web import gate


def install(app: Flask) -> None:
    """Serve the page at /weather."""

    @gate.same_for_everybody
    def weather() -> Response:
        page = make_response(render_template("weather.html"))
        page.headers["Cache-Control"] = "public, max-age=86400"
        return page

    app.add_url_rule("/weather", "weather", weather)
