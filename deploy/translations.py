"""Keeps the catalogues of shared/web/translations in step with the pages: `make translations` finds every sentence,
adds what is new to each language, drops what is gone, and compiles what the pages read."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "shared" / "web" / "translations"
LANGUAGES = ("cy", "ar")
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "Sentence": None,
}
"""What marks a sentence for the catalogues; `Sentence` is what rules say (shared/contracts/sentences.py)."""
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
PLURALS = {
    "cy": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n==3 ? 3 : n==6 ? 4 : 5);",
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
}
"""The plural rules of CLDR. Babel's own table has only five forms for Welsh."""
HEADER = """\
# {language} words of Open Door's pages for volunteers.
# {unchecked}
# MACHINE TRANSLATION, NOT CHECKED BY A PERSON YET: have somebody read it who speaks the language and knows the work.
# Written with `make translations`; look up where a sentence stands by the file names above it.
"""
UNCHECKED = {
    "cy": "Peiriant a gyfieithodd y geiriau hyn, ac nid oes neb wedi eu gwirio eto.",
    "ar": "تُرجمت هذه الكلمات آليًا ولم يراجعها إنسان بعد.",
}
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""Instead of the day it was compiled: the same words make the same bytes."""
NAMES = {"cy": "Welsh", "ar": "Arabic"}


def main() -> int:
    """Bring every catalogue up to date, and say what still waits for its words."""
    template = in_the_source()
    missing = 0
    for language in LANGUAGES:
        catalogue = updated(template, language)
        place(language, "po").parent.mkdir(parents=True, exist_ok=True)
        place(language, "po").write_bytes(as_po(catalogue, language))
        place(language, "mo").write_bytes(as_mo(catalogue))
        waiting = [message for message in catalogue if message.id and not translated(message.string)]
        missing += len(waiting)
        sys.stdout.write(f"{language}: {len(catalogue)} sentences, {len(waiting)} without words yet\n")
    return 1 if missing else 0


def place(language: str, kind: str) -> Path:
    """Where a catalogue stands; kind po or mo."""
    return FOLDER / language / "LC_MESSAGES" / f"messages.{kind}"


def in_the_source() -> Catalog:
    """Every marked sentence of pages and rules, with the files it stands in."""
    found = Catalog(charset="utf-8")
    for folder in ("services", "shared"):
        for name, _line, message, comments, context in extract_from_dir(
            ROOT / folder, METHODS, OPTIONS, KEYWORDS, directory_filter=_is_source
        ):
            found.add(message, None, [(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    return found


def _is_source(folder: str) -> bool:
    return Path(folder).name not in {"static", "migrations", "__pycache__", "demo", "translations"}


def catalogue_of(language: str) -> Catalog:
    """The committed catalogue of a language, or an empty one."""
    path = place(language, "po")
    if not path.exists():
        return _with_rules(Catalog(locale=language, charset="utf-8"), language)
    with path.open("rb") as file:
        return _with_rules(read_po(file, locale=language), language)


def _with_rules(catalogue: Catalog, language: str) -> Catalog:
    rule = PLURALS[language].removesuffix(";")
    count, _, expression = rule.partition("; plural=")
    setattr(catalogue, "_num_plurals", int(count.removeprefix("nplurals=")))  # noqa: B010 - Babel's own is wrong for cy
    setattr(catalogue, "_plural_expr", expression)  # noqa: B010
    return catalogue


def updated(template: Catalog, language: str) -> Catalog:
    """The catalogue with just the sentences of the source, each with the words it had. Nothing is guessed."""
    known = catalogue_of(language)
    fresh = _with_rules(Catalog(locale=language, charset="utf-8"), language)
    for message in sorted(template, key=_order):
        if not message.id:
            continue
        had = known.get(message.id if isinstance(message.id, str) else message.id[0])
        plural = isinstance(message.id, tuple)
        string = had.string if had is not None and isinstance(had.string, tuple) == plural else None
        if string is None:
            string = ("",) * fresh.num_plurals if plural else ""
        files = sorted({(file, 0) for file, _ in message.locations})
        fresh.add(message.id, string, files, flags=message.flags)
    return fresh


def _order(message: Message) -> tuple[str, str]:
    where = sorted(file for file, _ in message.locations)
    return (where[0] if where else "", str(message.id))


def translated(string: object) -> bool:
    """Whether there are words, in every plural form."""
    return all(string) if isinstance(string, tuple) else bool(string)


def as_po(catalogue: Catalog, language: str) -> bytes:
    """The catalogue as it is committed: no dates and no line numbers, so that a change shows what changed."""
    catalogue.header_comment = HEADER.format(language=NAMES[language], unchecked=UNCHECKED[language]).strip()
    written = io.BytesIO()
    write_po(written, catalogue, width=120, include_lineno=False, omit_header=True)
    lines = [*catalogue.header_comment.splitlines(), 'msgid ""', 'msgstr ""', *_head(language), "", ""]
    return "\n".join(lines).encode() + written.getvalue()


def _head(language: str) -> Iterator[str]:
    yield f'"Language: {language}\\n"'
    yield f'"Plural-Forms: {PLURALS[language]}\\n"'
    yield '"MIME-Version: 1.0\\n"'
    yield '"Content-Type: text/plain; charset=utf-8\\n"'
    yield '"Content-Transfer-Encoding: 8bit\\n"'


def as_mo(catalogue: Catalog) -> bytes:
    """What the pages read."""
    written = io.BytesIO()
    catalogue.creation_date = catalogue.revision_date = LONG_AGO
    write_mo(written, catalogue)
    return written.getvalue()


if __name__ == "__main__":
    sys.exit(main())
