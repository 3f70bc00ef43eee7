"""A published instrument in another language: every text of it and nothing else, in a file of its own beside it, so
that the published file never changes and a half translated one is never used."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import yaml

from shared.contracts.instruments.loader import load
from shared.contracts.instruments.model import Instrument, Item, Named
from shared.contracts.instruments.nodes import Source

_FOLDER = Path(__file__).parent / "translations"
_FILE_NAME = re.compile(r"(?P<name>[a-z][a-z-]*)\.v(?P<version>[1-9][0-9]*)\.(?P<language>[a-z]{2})\.yaml")
_PARTS = (
    "zones",
    "stages",
    "dimensions",
    "channels",
    "pie_areas",
    "trigger_words",
    "comfort_words",
    "face_words",
    "zone_prompts",
)


@lru_cache(maxsize=1)
def translated() -> tuple[tuple[str, int, str], ...]:
    """(name, version, language) of every translation there is, in order."""
    found = (_FILE_NAME.fullmatch(path.name) for path in _FOLDER.glob("*.yaml"))
    return tuple(sorted((parts["name"], int(parts["version"]), parts["language"]) for parts in found if parts))


def in_language(instrument: Instrument, language: str) -> Instrument:
    """The same instrument with its words in this language; a group's local items, and an instrument that nobody has
    translated, stay as they are."""
    if (instrument.name, instrument.version, language) not in translated():
        return instrument
    ready = _of_published(instrument.name, instrument.version, language)
    items = tuple(ready.find(item.code) or item for item in instrument.items)
    return replace(ready, items=items) if len(items) != len(ready.items) else ready


@lru_cache(maxsize=16)
def _of_published(name: str, version: int, language: str) -> Instrument:
    return read_translation(_FOLDER / f"{name}.v{version}.{language}.yaml", load(name, version))


def read_translation(path: Path, original: Instrument) -> Instrument:
    """The original in the words of this file. Raises InstrumentRefused when a text is missing or is one too many."""
    source = Source(path)
    special = [name for name in _PARTS if getattr(original, name)]
    head = source.mapping(source.root, must=("name", "version", "language", "title", "answers", "items", *special))
    if (source.text(head["name"]), source.whole(head["version"], 1, 9999)) != (original.name, original.version):
        raise source.refusal(head["name"], f"This is no translation of {original.name} version {original.version}.")
    texts = _Texts(source, head)
    return replace(
        original,
        title=source.text(head["title"]),
        items=_items(source, source.mapping(head["items"], may=None), original, head["items"]),
        answers=texts.exactly("answers", original.answers),
        zones=tuple(
            replace(zone, name=name)
            for zone, name in zip(
                original.zones, texts.exactly("zones", [zone.code for zone in original.zones]).values(), strict=True
            )
        ),
        stages=texts.named("stages", original.stages),
        dimensions=texts.named("dimensions", original.dimensions),
        channels=texts.named("channels", original.channels),
        pie_areas=texts.named("pie_areas", original.pie_areas),
        trigger_words=texts.steps("trigger_words", original.trigger_words),
        comfort_words=texts.steps("comfort_words", original.comfort_words),
        face_words=texts.steps("face_words", original.face_words),
        zone_prompts=texts.exactly("zone_prompts", original.zone_prompts),
    )


class _Texts:
    """The parts of a translation, each held against the keys of the original."""

    def __init__(self, source: Source, head: Mapping[str, yaml.Node]) -> None:
        self.source = source
        self.head = head

    def exactly(self, part: str, wanted: Collection[str]) -> dict[str, str]:
        """Words for just the wanted keys, in their order; nothing where the original has nothing."""
        if not wanted:
            return {}
        found = self.source.mapping(self.head[part], must=tuple(wanted))
        return {key: self.source.text(found[key]) for key in wanted}

    def named(self, part: str, wanted: tuple[Named, ...]) -> tuple[Named, ...]:
        """The same codes, named in this language."""
        return tuple(Named(code, name) for code, name in self.exactly(part, [one.code for one in wanted]).items())

    def steps(self, part: str, wanted: Mapping[int, str]) -> dict[int, str]:
        """Words for each step of a scale."""
        return self.source.steps(self.head[part], len(wanted)) if wanted else {}


def _items(source: Source, found: Mapping[str, yaml.Node], original: Instrument, at: yaml.Node) -> tuple[Item, ...]:
    for code, node in found.items():
        if original.find(code) is None:
            raise source.refusal(node, f"{code} is no item of {original.name} version {original.version}.")
    items = []
    for item in original.items:
        if item.code not in found:
            raise source.refusal(at, f"{item.code} is missing.")
        parts = [name for name in ("anchors", "answers") if getattr(item, name)]
        texts = source.mapping(found[item.code], must=("prompt", *parts))
        own = _Texts(source, texts)
        items.append(
            replace(
                item,
                prompt=source.text(texts["prompt"]),
                anchors=own.exactly("anchors", item.anchors),
                answers=own.exactly("answers", item.answers),
            )
        )
    return tuple(items)
