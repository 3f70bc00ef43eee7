"""Serves the built style, scripts, icons and manifest: compressed as they were built, and to be kept for ever where the
name says what is inside.
"""

from __future__ import annotations

import re
from os.path import isfile
from pathlib import Path

from flask import Flask, Response, request, send_from_directory
from werkzeug.exceptions import NotFound

from shared.web import gate

HERE = Path(__file__).parent / "static"
A_YEAR = 31_536_000
FOR_EVER = f"public, max-age={A_YEAR}, immutable"
FOR_A_DAY = "public, max-age=86400"

_NAMED_BY_CONTENT = re.compile(r"\.[0-9a-f]{10}\.[a-z0-9]+$")
_BUILT = {"br": ".br", "gzip": ".gz"}
"""Content codings that stand beside a file, the smallest first."""
_TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}
"""What is built in more than one coding."""


def install(app: Flask, name: str) -> None:
    """Serve /static/shared/… and the service's own /static/<name>/…."""
    folders = {"shared": HERE, name: Path(app.root_path) / "static"}

    @gate.same_for_everybody
    def static_file(folder: str, filename: str) -> Response:
        return answer(folders[folder], filename)

    for folder in folders:
        app.add_url_rule(
            f"/static/{folder}/<path:filename>",
            endpoint=f"static_{folder}",
            view_func=static_file,
            defaults={"folder": folder},
        )


def answer(folder: Path, filename: str) -> Response:
    """One file of `folder`, in the best coding the browser takes. Raises NotFound, also for the .br or .gz itself."""
    if filename.endswith(tuple(_BUILT.values())):
        raise NotFound
    coding = _coding(folder, filename)
    found = send_from_directory(folder, filename + _BUILT[coding] if coding else filename)
    if coding:
        found.mimetype = _TYPES[filename.rpartition(".")[2]]
        found.headers["Content-Encoding"] = coding
    found.headers["Vary"] = "Accept-Encoding"
    found.headers["Cache-Control"] = FOR_EVER if _NAMED_BY_CONTENT.search(filename) else FOR_A_DAY
    return found


def _coding(folder: Path, filename: str) -> str | None:
    if filename.rpartition(".")[2] not in _TYPES:
        return None
    taken = request.accept_encodings
    possible = [coding for coding in _BUILT if taken[coding] > 0 and isfile(folder / (filename + _BUILT[coding]))]
    return max(possible, key=lambda coding: taken[coding], default=None)
