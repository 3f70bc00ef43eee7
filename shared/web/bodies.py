"""How the APIs of all three services read what is sent: no further than a limit, whether or not its length was said,
and JSON strictly (wire.md §1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import flask
from flask import Request, request
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge, UnsupportedMediaType

from shared.contracts.strict_json import read_json


def body_of(most: int) -> bytes:
    """The body of the request, read no further than `most` bytes. Raises HTTPException: 413, 400 when it breaks off."""
    length = request.content_length
    if length is None:
        return _unmeasured(most)
    if length > most:
        raise RequestEntityTooLarge
    try:
        # In one go: piece by piece, what is left of a photo would be copied for each of them.
        body: bytes = request.environ["wsgi.input"].read(length)
    except OSError as gone:
        raise ClientDisconnected from gone
    if len(body) < length:
        raise ClientDisconnected
    return body


def _unmeasured(most: int) -> bytes:
    """What comes in chunks, up to its end. One byte more than `most` says that there is too much."""
    if not request.environ.get("wsgi.input_terminated"):
        return b""  # no length and no chunks: there is no body
    body = bytearray()
    while len(body) <= most:
        try:
            piece = request.environ["wsgi.input"].read(most + 1 - len(body))
        except Exception as broken:
            # Each server has faults of its own for chunks that are none; they are the client's and never ours.
            raise ClientDisconnected from broken
        if not piece:
            return bytes(body)
        body += piece
    raise RequestEntityTooLarge


def json_body(most: int) -> Any:
    """The JSON value that was sent. Raises 415 for another type, 413, 400, 422 for what cannot be kept."""
    if not request.is_json or request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType
    return read_json(body_of(most))


class StrictParser(FlaskParser):
    """Says 415 to what is not called JSON and 400 to what is not JSON, instead of reading it as nothing."""

    def __init__(self, most: Callable[[], int]) -> None:
        super().__init__()
        self.most = most

    def load_json(self, req: Request, schema: Any) -> Any:
        """The parsed body, of at most so many bytes. Raises as `json_body` does."""
        return json_body(self.most())


if TYPE_CHECKING:
    View = TypeVar("View", bound=Callable[..., Any])

    class StrictBlueprint(flask.Blueprint):
        """What flask-smorest, which has no types, lets one write."""

        ARGUMENTS_PARSER: ClassVar[StrictParser]

        def __init__(self, name: str, import_name: str, *, url_prefix: str, description: str) -> None: ...
        def route(self, rule: str, **options: Any) -> Callable[[View], View]: ...
        def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]: ...
        def response(self, status: int, schema: Any = None, **options: Any) -> Callable[[View], View]: ...
        def alt_response(self, status: int, **options: Any) -> Callable[[View], View]: ...
        def doc(self, **options: Any) -> Callable[[View], View]: ...

else:

    class StrictBlueprint(Blueprint):
        """A blueprint of flask-smorest; each service says with a parser of its own how long a body may be."""
