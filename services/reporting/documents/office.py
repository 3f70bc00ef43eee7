"""What files for office programs have in common: text they can hold, and the same bytes whenever they are made."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

BY = "Open Door"
"""Whoever the properties of a file name as its author: the product and nobody else."""

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_PROPERTIES, _BOOK = "docProps/core.xml", ".xlsx"


def as_xml_allows(text: str) -> str:
    """The text without the characters that XML cannot hold and that no reader sees."""
    return _NO_XML.sub("", text)


def without_the_clock(package: bytes, made_at: datetime) -> bytes:
    """The same file with every time in it `made_at`, or fixed; so are those of a workbook inside it."""
    at = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name in read.namelist():
            body = read.read(name)
            if name == _PROPERTIES:
                body = _MOMENT.sub(rb"\g<1>" + at + rb"\g<2>", body)
            elif name.endswith(_BOOK):
                body = without_the_clock(body, made_at)
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            written.writestr(entry, body)
    return out.getvalue()
