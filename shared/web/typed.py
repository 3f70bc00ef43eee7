"""What somebody typed while their session ran out, or their page grew too old to be sent: it is given back to them on
the page that says so, with a button that sends it, and is kept nowhere but on that page."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request

TOKEN = "csrf_token"
MOST_CHARACTERS = 200_000
LONG_CHARACTERS = 20
"""Words of this length are shown too, so that they can be copied by hand; a name of a field or a tick says nothing."""

Typed = tuple[tuple[str, str], ...]
"""(name of a field, what stands in it) in the order of the form."""


def typed_here() -> Typed:
    """The form that was just sent, without its token. Empty where there was nothing in it, where it is too much for a
    page, and where it did not stand on a page of ours: else another site could put words into our page for its reader
    to send."""
    if request.method != "POST" or not _stood_on_our_page():
        return ()
    found = tuple((name, value) for name, value in request.form.items(multi=True) if name != TOKEN)
    return found if sum(len(name) + len(value) for name, value in found) <= MOST_CHARACTERS else ()


def _stood_on_our_page() -> bool:
    # A script that asks wants its refusal as one, not as a page.
    by_a_person = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    return by_a_person and urlsplit(request.headers.get("Origin", "")).netloc == request.host


def given_back(typed: Typed, *, signed_in: bool) -> Response:
    """The page with what was typed. `signed_in`: they are, or are again, so one press of a button sends it."""
    page = render_template(
        "typed_again.html",
        signed_in=signed_in,
        typed=typed,
        words=[value for _, value in typed if len(value) >= LONG_CHARACTERS],
        files=bool(request.files),
        action=request.full_path if request.query_string else request.path,
    )
    return make_response(page, 403 if signed_in else 401)
