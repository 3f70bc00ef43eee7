"""Bodies that every API of the house refuses in the same way, and a way to send what has no length (wire.md §1)."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PIECE = 1000


class Dripping(io.BytesIO):
    """A body that comes in small pieces, as chunks do; `breaks`: what comes behind it is no chunk."""

    breaks = False

    def read(self, size: int | None = -1) -> bytes:
        """The next piece."""
        found = super().read(PIECE if size is None or size < 0 else min(size, PIECE))
        if not found and self.breaks:
            raise KeyError("a fault of the server's own")
        return found


class Gone(io.BytesIO):
    """A body whose sender fell silent, or hung up."""

    def read(self, size: int | None = -1) -> bytes:
        """Nothing, ever."""
        raise BlockingIOError


def send_chunked(
    client: FlaskClient,
    method: str,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
    content_type: str = "application/json",
    *,
    breaks: bool = False,
) -> TestResponse:
    """Send it without a length, as Transfer-Encoding: chunked."""
    stream = Dripping(body)
    stream.breaks = breaks
    return client.open(
        path,
        method=method,
        input_stream=stream,
        headers={**headers, "Transfer-Encoding": "chunked"},
        content_type=content_type,
        environ_overrides={"wsgi.input_terminated": True},
    )


def hold_to_strict_json(
    client: FlaskClient, method: str, path: str, headers: Mapping[str, str], good: Mapping[str, Any], most: int
) -> None:
    """Send `good` in every wrong way, and see that each is refused by its own status."""
    text = json.dumps(good)
    name = next(iter(good))

    def sent(body: bytes, **more: str) -> int:
        answer = client.open(
            path, method=method, data=body, headers={**headers, **more}, content_type="application/json"
        )
        return answer.status_code

    wrong = {
        "utf-16": text.encode("utf-16"),
        "utf-32": text.encode("utf-32"),
        "a mark in front": b"\xef\xbb\xbf" + text.encode(),
        "NaN": f'{{"{name}": NaN}}'.encode(),
        "latin-1": b'{"x": "\xe9"}',
        "nothing": b"",
    }
    assert {kind: sent(body) for kind, body in wrong.items()} == dict.fromkeys(wrong, 400)
    assert sent(f'{text[:-1]}, "{name}": {json.dumps(good[name])}}}'.encode()) == 422
    assert sent(gzip.compress(text.encode()), **{"Content-Encoding": "gzip"}) == 415
    padded = text.encode() + b" " * (most - len(text))
    for just_right in (sent(padded), send_chunked(client, method, path, padded, headers).status_code):
        assert just_right not in (400, 413, 415, 422, 500)
    assert sent(padded + b" ") == 413
    assert send_chunked(client, method, path, padded + b" ", headers).status_code == 413
    assert send_chunked(client, method, path, text.encode()[:-1], headers).status_code == 400
    assert send_chunked(client, method, path, text.encode(), headers, breaks=True).status_code == 400
    half = client.open(
        path,
        method=method,
        input_stream=Gone(),
        headers={**headers, "Content-Length": "9"},
        content_type="application/json",
    )
    assert half.status_code == 400
