"""The catalogues of the volunteer's pages: complete, in step with the source, and with the same places for values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from deploy import translations
from shared.contracts import instruments
from shared.contracts.sentences import Sentence
from shared.web import languages

ROOT = Path(__file__).resolve().parents[3]
FORMS = 6
"""CLDR gives Welsh and Arabic six plural forms each."""
_PLACE = re.compile(r"%\(\w+\)s|<[^>]+>")
RULES_VOLUNTEERS_MEET = (
    *(
        ROOT / "services" / "intake" / "domain" / f"{name}.py"
        for name in ("corrections", "visit", "wellbeing", "photo")
    ),
    *(ROOT / "services" / "intake" / "use_cases" / f"{name}.py" for name in ("drafts", "visits", "photos")),
    ROOT / "shared" / "web" / "gate.py",
    ROOT / "shared" / "web" / "problems.py",
)
DETAIL_AT = {"Refusal": 2, "conflict": 1, "forbidden": 0}


@pytest.fixture(scope="module")
def source() -> Catalog:
    return translations.in_the_source()


def sentences(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_a_catalogue_holds_just_the_sentences_of_the_source(language: str, source: Catalog) -> None:
    known = {message.id for message in sentences(translations.catalogue_of(language))}
    wanted = {message.id for message in sentences(source)}
    assert known == wanted, "Run `make translations`."


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_every_sentence_has_its_words_and_its_values(language: str) -> None:
    for message in sentences(translations.catalogue_of(language)):
        assert translations.translated(message.string), f"{language}: no words for {message.id!r}"
        assert not message.fuzzy, f"{language}: {message.id!r} is only a guess"
        if isinstance(message.id, tuple):
            assert len(message.string) == FORMS, message.id
            for at, form in enumerate(message.string):
                missing = set(_PLACE.findall(message.id[1])) ^ set(_PLACE.findall(form))
                # None, one and two of a thing are words of their own in Arabic.
                assert not missing or (language == "ar" and at < 3), (message.id, form)
        else:
            assert sorted(_PLACE.findall(message.id)) == sorted(_PLACE.findall(str(message.string))), message.id


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_what_pages_read_is_what_is_written(language: str) -> None:
    catalogue = translations.catalogue_of(language)
    assert translations.place(language, "mo").read_bytes() == translations.as_mo(catalogue), "Run `make translations`."
    written = translations.place(language, "po").read_text("utf-8")
    assert translations.UNCHECKED[language] in written
    assert translations.PLURALS[language] in written


def test_a_sentence_that_was_said_before_keeps_its_words(source: Catalog) -> None:
    again = translations.updated(source, "cy")
    before = {message.id: message.string for message in sentences(translations.catalogue_of("cy"))}
    assert {message.id: message.string for message in sentences(again)} == before


def test_every_published_instrument_is_there_in_every_language() -> None:
    published = {(name, version, language) for name, version in instruments.published() for language in ("ar", "cy")}
    assert set(instruments.translated()) == published
    for name, version, language in instruments.translated():
        original = instruments.load(name, version)
        words = instruments.in_language(original, language)
        assert [item.code for item in words.items] == [item.code for item in original.items]
        same = [item.code for item in words.items if item.prompt == original.item(item.code).prompt]
        assert not same, f"{language}: left in English: {same}"
        path = next(ROOT.glob(f"shared/contracts/instruments/translations/{name}.v{version}.{language}.yaml"))
        assert translations.UNCHECKED[language] in path.read_text("utf-8")


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_pages_and_instruments_call_the_parts_the_same(language: str) -> None:
    catalogue = translations.catalogue_of(language)
    for name in ("pie-environment", "mystery-shop"):
        original = instruments.load(name, 1)
        words = instruments.in_language(original, language)
        pairs = [*zip(original.zones, words.zones, strict=True), *zip(original.stages, words.stages, strict=True)]
        for english, other in pairs:
            message = catalogue.get(english.name)
            assert message is not None
            assert message.string == other.name


def test_a_groups_own_items_stay_as_the_group_wrote_them() -> None:
    published = instruments.load("pie-environment", 1)
    own = instruments.Item(code="X-WA-01", prompt="Was the kettle on?", sources=("P",), kind="B", zone="WA", local=True)
    words = instruments.in_language(published.with_items([own]), "cy")
    assert words.item("X-WA-01").prompt == "Was the kettle on?"
    assert words.item("P-AZ-01").prompt != published.item("P-AZ-01").prompt


@pytest.mark.parametrize(("part", "without"), [("items:", "  P-WA-07:"), ("zones:", "  QS:"), ("answers:", '  "bad":')])
def test_a_translation_that_lacks_a_text_is_refused(tmp_path: Path, part: str, without: str) -> None:
    from shared.contracts.instruments import translations as reading

    name = "pie-environment.v1.cy.yaml"
    lines = (ROOT / "shared" / "contracts" / "instruments" / "translations" / name).read_text("utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(without) and part in lines[:i])
    deeper = 1
    while lines[at + deeper].startswith("    "):
        deeper += 1
    (tmp_path / name).write_text("\n".join(lines[:at] + lines[at + deeper :]), "utf-8")
    with pytest.raises(instruments.InstrumentRefused, match="is missing"):
        reading.read_translation(tmp_path / name, instruments.load("pie-environment", 1))


@pytest.mark.parametrize("path", RULES_VOLUNTEERS_MEET, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_rules_tell_volunteers_can_be_said_in_their_language(path: Path) -> None:
    plain = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DETAIL_AT:
            detail = node.args[DETAIL_AT[node.func.id]] if len(node.args) > DETAIL_AT[node.func.id] else None
            if isinstance(detail, ast.Constant | ast.JoinedStr):
                plain.append(f"line {node.lineno}: {ast.unparse(detail)[:80]}")
    assert not plain, "\n".join(["Write Sentence(…) so that pages can say it in other languages:", *plain])


def test_a_sentence_is_its_english_words_and_knows_its_values() -> None:
    said = Sentence("is longer than %(most)s characters.", most="4,000")
    assert said == "is longer than 4,000 characters."
    assert str(said) is said
    assert (said.text, said.values["most"]) == ("is longer than %(most)s characters.", "4,000")


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/visits/1/ready?a=b", "/visits/1/ready?a=b"),
        ("//evil.example/x", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_a_choice_of_language_leads_to_no_other_host(wanted: str, leads_to: str) -> None:
    assert languages.own_path(wanted) == leads_to
