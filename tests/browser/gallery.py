"""A living gallery: every shared part with sample data, so that the look can be seen and tested without any service.

Run `.venv/bin/python -m tests.browser.gallery` and open the address it prints.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import jinja2
import yaml
from flask import Flask, Response, render_template, request, send_from_directory
from PIL import Image, ImageDraw

from services.intake.domain.sketch_plans import PLANS
from shared.web import languages
from shared.web.app import HEADERS

ROOT = Path(__file__).parents[2]
WEB = ROOT / "shared" / "web"
SCRIPTS = (Path(__file__).with_name("scripts"), ROOT / "deploy" / "frontend" / "js" / "phone")
SAMPLES = Path(__file__).with_name("samples.yaml")
PAGES = {
    "findings": "What a partner manager reads",
    "part": "A part of the building, as a volunteer fills it in",
    "talk": "A stage of the talk",
    "photo": "A photo to mark",
    "marking": "A photo to mark on the phone",
    "voice": "Something said instead of typed",
    "start": "A volunteer's first page",
    "visit": "A visit and its receipt",
    "exercise": "An exercise, as its lead sees it",
    "board": "Recommendations on their way",
    "recommendation": "One recommendation and its conversation",
    "changes": "What came of it",
    "small": "Everything small: faults, empty states, boxes, long work",
}
PROBLEMS = (400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503)


def gallery_app() -> Flask:
    """A Flask app with a page for each group of parts, under the same security headers as the product."""
    app = Flask(__name__, static_folder=None, template_folder="templates")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    own = app.jinja_loader
    assert own is not None
    app.jinja_loader = jinja2.ChoiceLoader(  # type: ignore[assignment]
        [
            own,
            jinja2.FileSystemLoader(WEB / "templates"),
            jinja2.FileSystemLoader(ROOT / "services" / "intake" / "templates"),
            jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    languages.install(app)
    app.jinja_env.globals["sketch_plans"] = PLANS
    samples = yaml.safe_load(SAMPLES.read_text("utf-8"))
    nav = [{"href": f"/gallery/{page}", "text": page.capitalize(), "current": False} for page in PAGES]

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {"nav_items": nav[:4], "signed_in": True, "is_volunteer": False, "csrf_token": lambda: "x"}

    @app.get("/")
    def index() -> str:
        return render_template("gallery/index.html", pages=PAGES, problems=PROBLEMS)

    @app.get("/gallery/<page>")
    def gallery(page: str) -> str:
        return render_template(f"gallery/{page}.html", s=samples, plan=request.args.get("plan", ""))

    @app.get("/problem/<int:status>")
    def problem(status: int) -> str:
        errors = [{"pointer": "/answers/3/trigger", "detail": "Say how strong it was: 1, 2 or 3."}]
        said = {"errors": errors} if status == 422 else {"retry_after": 30} if status == 429 else {}
        return render_template("problem.html", status=status, **said)

    @app.get("/weather")
    def weather() -> str:
        return render_template("weather.html")

    @app.get("/static/shared/<path:filename>")
    def static_file(filename: str) -> Response:
        return send_from_directory(WEB / "static", filename)

    @app.get("/scripts/<name>")
    def script(name: str) -> Response:
        return send_from_directory(next(folder for folder in SCRIPTS if (folder / name).exists()), name)

    @app.get("/picture.png")
    def picture() -> Response:
        return Response(_waiting_room(), mimetype="image/png")

    @app.after_request
    def headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return app


def _waiting_room() -> bytes:
    """A drawn waiting room: this gallery shows the marks, not a photograph."""
    image = Image.new("RGB", (1200, 800), "#cfc6b4")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 560, 1200, 800), fill="#8a7f70")
    draw.rectangle((80, 120, 420, 400), fill="#e9eef2", outline="#776", width=8)
    draw.rectangle((820, 90, 1120, 620), fill="#6d5a48")
    for seat in range(4):
        draw.rectangle((120 + seat * 160, 470, 240 + seat * 160, 640), fill="#4e6272")
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


if __name__ == "__main__":
    gallery_app().run(port=8123)
