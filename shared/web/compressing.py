"""Compresses pages for phones with a bad line, but only pages in which nobody else can have put words by an address.

A compressed page tells by its length whether a guess that stands in it is right (the BREACH attack). That takes a page
that holds a secret, here the form token, and repeats what somebody else chose. So a page is compressed only when it
answers a plain GET without a query: what such a page holds comes from us and from what was stored, never from the
address. Answers to forms, to programs and to downloads go as they are. docs/adr/0014 says more.
"""

from __future__ import annotations

from flask import Flask, Response, request
from flask_compress import Compress

_PAGE = "text/html"
_ENOUGH = 1_000
"""Bytes; below this a page fits one packet anyway."""


def install(app: Flask) -> None:
    """Compress what may be compressed of the answers of `app`."""
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_MIMETYPES=[_PAGE],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_MIN_SIZE=_ENOUGH,
        COMPRESS_STREAMS=False,
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False,
    )
    compress = Compress(app)

    def make_small(response: Response) -> Response:
        if response.mimetype != _PAGE or not may_be_compressed(response):
            return response
        return compress.after_request(response)

    app.after_request(make_small)


def may_be_compressed(response: Response) -> bool:
    """Whether nothing of this answer can have been chosen by whoever made the browser ask for it."""
    return request.method in ("GET", "HEAD") and not request.query_string and response.status_code == 200
