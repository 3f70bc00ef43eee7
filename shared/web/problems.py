"""Every error as RFC 9457 problem details for programs, and as a page in plain words for people.

Nothing a client sends may end in a 500, and no answer tells more than its sentence: "not there" and "not yours
to know of" are the same bytes.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from shared.contracts.refusals import FieldError, Refusal, invalid, not_found
from shared.contracts.sentences import Sentence
from shared.contracts.strict_json import NOT_JSON
from shared.messaging.trouble import TryLater, passes
from shared.storage.blobs.port import ObjectExists, StoreAway
from shared.web.languages import in_its_language, speak_here
from shared.web.openapi import PROBLEM

RETRY_SECONDS = 5
OUR_FAULT = Refusal(500, "our-fault", Sentence("Something broke on our side. It was not your fault."))
_NOT_KEPT = Sentence("We cannot store anything just now. What you sent was not kept; please send it again in a moment.")
_SENTENCES = {
    400: ("not-json", NOT_JSON),
    405: ("method-not-allowed", Sentence("That cannot be done here.")),
    406: ("not-acceptable", Sentence("We cannot answer in the form that was asked for.")),
    411: ("length-required", Sentence("Say how long the content is.")),
    413: ("too-big", Sentence("That is too big to send here. Nothing was kept of it.")),
    415: ("wrong-type", Sentence("This kind of content cannot be sent here.")),
    428: ("precondition-required", Sentence("Say which version you have seen, with If-Match.")),
    429: ("too-many", Sentence("That was too often in a short time. Wait a little, then try again.")),
}
TITLES = {
    400: "We could not read that",
    401: "Please sign in",
    403: "That is not yours to do",
    404: "There is nothing here for you",
    405: "That cannot be done here",
    409: "That does not fit how things stand",
    412: "Somebody changed this in between",
    413: "That is too big",
    414: "That address is too long",
    415: "We cannot take this kind of file",
    417: "That cannot be done here",
    422: "Something needs another look",
    429: "A little too fast",
    431: "That is too big",
    500: "Something broke on our side",
    503: "A part of us is away for a moment",
}


def install(app: Flask) -> None:
    """Register the handlers on `app`; must come after flask-smorest's own."""
    app.register_error_handler(Refusal, answer)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(SQLAlchemyError, _from_database)
    app.register_error_handler(StoreAway, _store_is_away)
    app.register_error_handler(ObjectExists, _object_is_damaged)
    app.register_error_handler(TryLater, _not_just_now)
    app.register_error_handler(OSError, _from_os)
    app.register_error_handler(MemoryError, _no_memory)
    app.register_error_handler(Exception, _our_fault)


def wants_json() -> bool:
    """Whether this request comes from a program."""
    return f"{request.path}/".startswith("/api/")


def problem(refusal: Refusal, said: Callable[[str], str] = str) -> dict[str, Any]:
    """The refusal as problem details (wire.md §1), its sentences put into a language by `said`."""
    return {
        "type": f"urn:opendoor:problem:{refusal.code}",
        "title": _title(refusal),
        "status": refusal.status,
        "detail": said(refusal.detail),
        "code": refusal.code,
        "errors": [{"pointer": e.pointer, "detail": said(e.detail)} for e in refusal.errors],
        **refusal.extra,
    }


def _title(refusal: Refusal) -> str:
    return TITLES.get(refusal.status, "That did not work")


def answer(refusal: Refusal) -> Response:
    """The refusal as problem+json or as a page."""
    if wants_json():
        response = jsonify(problem(refusal, in_its_language))
        response.mimetype = PROBLEM
    else:
        if refusal.status == 404:
            speak_here()  # what is hidden looks like what is not there
        g.back_home = True  # so that a page says the same at whatever address it stands
        page = render_template(
            "problem.html",
            title=_title(refusal),
            status=refusal.status,
            detail=refusal.detail,
            code=refusal.code,
            errors=refusal.errors,
        )
        response = make_response(page)
    response.status_code = refusal.status
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _from_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    if status == 404:
        return answer(not_found())
    data = getattr(error, "data", None)
    if status == 422 and isinstance(data, Mapping):
        return answer(invalid(list(field_errors(data.get("messages", {})))))
    code, sentence = _SENTENCES.get(status, ("refused", "That could not be done."))
    retry = RETRY_SECONDS if status in (429, 503) else None
    response = answer(Refusal(status, code, sentence, retry_after=retry))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def field_errors(messages: Any, pointer: str = "") -> Iterator[FieldError]:
    """marshmallow's nested messages as a flat list of JSON pointers; webargs' outer "json" level is dropped."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            outermost = pointer == "" and name in ("json", "query", "form", "_schema")
            at = pointer if outermost or name == "_schema" else f"{pointer}/{_escape(str(name))}"
            yield from field_errors(inner, at)
    elif isinstance(messages, list):
        for inner in messages:
            yield from field_errors(inner, pointer)
    else:
        yield FieldError(pointer, str(messages))


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _from_database(error: SQLAlchemyError) -> Response:
    if not passes(error):
        return _our_fault(error)
    structlog.get_logger().error("database-away", cause=type(getattr(error, "orig", error)).__name__)
    return answer(Refusal(503, "database-away", _NOT_KEPT, retry_after=RETRY_SECONDS))


def _no_memory(error: MemoryError | OSError) -> Response:
    structlog.get_logger().error("out-of-memory", error=type(error).__name__)
    return answer(Refusal(503, "out-of-memory", _NOT_KEPT, retry_after=RETRY_SECONDS))


def _store_is_away(_error: StoreAway) -> Response:
    structlog.get_logger().error("object-store-away")
    return answer(
        Refusal(
            503,
            "store-away",
            Sentence("We cannot store photos just now. This one was not kept; please send it again in a moment."),
            retry_after=RETRY_SECONDS,
        )
    )


def _object_is_damaged(error: ObjectExists) -> Response:
    # Objects that people send lie under the hash of their bytes: other bytes there are ours that went bad. Nothing is
    # written over them, so that whoever runs this can look; once they are gone, what the sender has is taken.
    structlog.get_logger().error("object-damaged", key=str(error))
    return answer(
        Refusal(
            503,
            "object-damaged",
            Sentence(
                "Something in our store is damaged, so this one was not kept. Keep it where it is: it can be sent "
                "again as soon as we have mended that."
            ),
            retry_after=60,
        )
    )


def _not_just_now(error: TryLater) -> Response:
    structlog.get_logger().error("try-later", cause=type(error.__cause__ or error).__name__)
    return answer(
        Refusal(
            503,
            "try-later",
            Sentence("We could not do this just now. Nothing is lost; please try again in a moment."),
            retry_after=RETRY_SECONDS,
        )
    )


def _from_os(error: OSError) -> Response:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO):
        structlog.get_logger().error("store-full", errno=error.errno)
        return answer(
            Refusal(
                503,
                "store-full",
                Sentence("Our store is full, so nothing was kept of this. Please send it again later."),
                retry_after=60,
            )
        )
    return _no_memory(error) if error.errno == errno.ENOMEM else _our_fault(error)


def _our_fault(error: Exception) -> Response:
    structlog.get_logger().error("unexpected", exc_info=error, path=request.url_rule and request.url_rule.rule)
    return answer(OUR_FAULT)
