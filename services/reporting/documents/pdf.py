"""Makes the file to print or to send out of the page to read: tagged, so that it can be read aloud. What draws it is
loaded when the first one is made, by the worker alone, and may be missing on a machine.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
from functools import lru_cache
from types import ModuleType

import structlog
from PIL import ImageFile

DEBIAN_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core"
"""Needed from the system; deploy/Dockerfile and docs/operator.md name the same."""

_log = structlog.get_logger(__name__)


class CannotPrint(RuntimeError):
    """This machine lacks what PDF files are drawn with."""


def as_pdf(page: bytes) -> bytes:
    """A PDF/UA-1 file of a page from `as_html`. The same page gives the same bytes on the same machine.

    Nothing is fetched: pictures must lie in the page as data URIs. Raises CannotPrint.
    """
    weasyprint = _library()
    if weasyprint is None:
        _say_once()
        raise CannotPrint
    only_what_is_inside = weasyprint.URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    drawn = weasyprint.HTML(string=page.decode(), url_fetcher=only_what_is_inside)
    body: bytes = drawn.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=hashlib.sha256(page).digest()[:16])
    return body


def _library() -> ModuleType | None:
    as_before = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints advice where the log is one line of JSON each
            import weasyprint
    except (ImportError, OSError):
        return None
    finally:
        # It has Pillow take photos that break off for whole ones, in its whole process: `opendoor drain` cleans there.
        ImageFile.LOAD_TRUNCATED_IMAGES = as_before
    # It tells of pages and pictures by quoting them.
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    logging.getLogger("fontTools").setLevel(logging.CRITICAL)
    loaded: ModuleType = weasyprint
    return loaded


@lru_cache(maxsize=1)
def _say_once() -> None:
    _log.warning(
        "PDF files of documents cannot be made until these Debian packages are installed", packages=DEBIAN_PACKAGES
    )
