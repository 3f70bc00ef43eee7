"""From a file to an Instrument, refusing a malformed one with the file and the line at fault."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from shared.contracts.instruments.model import Instrument, Item, Named, Scoring, Zone
from shared.contracts.instruments.nodes import InstrumentRefused, Source

__all__ = ["InstrumentRefused", "extended", "load", "published", "read_file"]

ENVIRONMENT = "environment"
MYSTERY_SHOP = "mystery-shop"

_FOLDER = Path(__file__).parent
_FILE_NAME = re.compile(r"(?P<name>[a-z][a-z-]*)\.v(?P<version>[1-9][0-9]*)\.yaml")
_CODE = re.compile(r"[A-Z]-[A-Z]{2}-[0-9]{2}")
_STRENGTHS_OF_KIND = {"T": ("trigger",), "C": ("comfort",), "B": ("trigger", "comfort")}
_HEAD = ("name", "version", "kind", "title", "counts", "answers", "items")
_ENVIRONMENT_HEAD = ("zones", "trigger_words", "comfort_words", "zone_prompts", "pie_areas", "scoring")
_SHOP_HEAD = ("stages", "dimensions", "channels", "face_words", "pie_areas")


def published() -> tuple[tuple[str, int], ...]:
    """(name, version) of every published instrument, in order."""
    return tuple(sorted(_files()))


@lru_cache(maxsize=16)
def load(name: str, version: int) -> Instrument:
    """A published instrument; read once per process. Raises KeyError when there is no such version."""
    path = _files().get((name, version))
    if path is None:
        raise KeyError(f"{name} version {version} is not published")
    return read_file(path)


def read_file(path: Path) -> Instrument:
    """An instrument from its file. Raises InstrumentRefused."""
    source = Source(path)
    kind_node = source.mapping(source.root, must=_HEAD, may=None)["kind"]
    kind = source.one_of(kind_node, (ENVIRONMENT, MYSTERY_SHOP))
    special = _ENVIRONMENT_HEAD if kind == ENVIRONMENT else _SHOP_HEAD
    head = source.mapping(source.root, must=_HEAD + special)
    name, version = source.text(head["name"]), source.whole(head["version"], 1, 9999)
    if path.name != f"{name}.v{version}.yaml":
        raise source.refusal(head["name"], f"{name} version {version} does not belong in a file of this name.")
    reader = _ItemReader(source, kind)
    reader.pie_areas = _named(source, head["pie_areas"])
    if kind == ENVIRONMENT:
        reader.zones = _zones(source, head["zones"])
    else:
        reader.stages = _named(source, head["stages"])
        reader.dimensions = _named(source, head["dimensions"])
        reader.channels = _named(source, head["channels"])
    answers = source.words(head["answers"])
    items = reader.read_all(head["items"], codes=set())
    found = Instrument(
        name=name,
        version=version,
        kind=kind,
        title=source.text(head["title"]),
        items=items,
        answers=answers,
        zones=reader.zones,
        stages=reader.stages,
        dimensions=reader.dimensions,
        channels=reader.channels,
        pie_areas=reader.pie_areas,
        trigger_words=source.steps(head["trigger_words"], 3) if kind == ENVIRONMENT else {},
        comfort_words=source.steps(head["comfort_words"], 3) if kind == ENVIRONMENT else {},
        face_words=source.steps(head["face_words"], 5) if kind == MYSTERY_SHOP else {},
        zone_prompts=source.words(head["zone_prompts"]) if kind == ENVIRONMENT else {},
        scoring=_scoring(source, head["scoring"]) if kind == ENVIRONMENT else None,
    )
    _check_counts(source, head["counts"], found)
    return found


def extended(instrument: Instrument, path: Path) -> Instrument:
    """A published instrument with a group's local items (`X-…`), which are shown and never summed (domain.md §1).

    The file has one key, `items`. Raises InstrumentRefused.
    """
    source = Source(path)
    reader = _ItemReader(source, instrument.kind, local=True)
    reader.zones, reader.pie_areas = instrument.zones, instrument.pie_areas
    reader.stages, reader.dimensions = instrument.stages, instrument.dimensions
    reader.channels = instrument.channels
    items_node = source.mapping(source.root, must=("items",))["items"]
    return instrument.with_items(reader.read_all(items_node, codes={item.code for item in instrument.items}))


class _ItemReader:
    """Reads items against the zones, or the stages and channels, of their instrument."""

    def __init__(self, source: Source, kind: str, *, local: bool = False) -> None:
        self.source = source
        self.kind = kind
        self.local = local
        self.zones: tuple[Zone, ...] = ()
        self.stages: tuple[Named, ...] = ()
        self.dimensions: tuple[Named, ...] = ()
        self.channels: tuple[Named, ...] = ()
        self.pie_areas: tuple[Named, ...] = ()

    def read_all(self, node: yaml.Node, codes: set[str]) -> tuple[Item, ...]:
        return tuple(self.read(one, codes) for one in self.source.sequence(node))

    def read(self, node: yaml.Node, codes: set[str]) -> Item:
        """One item. `codes` are those already taken; this one joins them."""
        source = self.source
        shop = self.kind == MYSTERY_SHOP
        must = ("code", "prompt", "sources") + (("stage", "channels") if shop else ("zone", "kind", "nature"))
        may = ("dimension", "must_have", "scored", "answers") if shop else ("short", "must_be_right", "anchors")
        found = source.mapping(node, must=must, may=(*may, "pie_area"))
        code = source.text(found["code"])
        prefix = "X" if self.local else "M" if shop else "P"
        if not _CODE.fullmatch(code) or code[0] != prefix:
            raise source.refusal(found["code"], f"{code} is no item code; it must be like {prefix}-RE-01.")
        if code in codes:
            raise source.refusal(found["code"], f"{code} is here twice; a code is never used again.")
        codes.add(code)
        area = found.get("pie_area")
        words: dict[str, Any] = {
            "code": code,
            "prompt": source.text(found["prompt"]),
            "sources": source.texts(found["sources"]),
            "pie_area": source.one_of(area, _codes(self.pie_areas)) if area else None,
            "local": self.local,
        }
        return self._shop_item(found, words) if shop else self._environment_item(found, words)

    def _environment_item(self, found: dict[str, yaml.Node], words: dict[str, Any]) -> Item:
        source = self.source
        kind = source.one_of(found["kind"], _STRENGTHS_OF_KIND)
        place = source.one_of(found["zone"], (*_codes(self.zones), "core"))
        if words["code"][2:4] != ("AZ" if place == "core" else place):
            raise source.refusal(found["zone"], f"{words['code']} cannot be an item of {place}.")
        anchors = found.get("anchors")
        return Item(
            **words,
            kind=kind,
            nature=source.one_of(found["nature"], ("F", "L")),
            zone=None if place == "core" else place,
            core=place == "core",
            short=_flag(source, found.get("short")),
            must_be_right=_flag(source, found.get("must_be_right")),
            anchors=source.words(anchors, _STRENGTHS_OF_KIND[kind]) if anchors else {},
        )

    def _shop_item(self, found: dict[str, yaml.Node], words: dict[str, Any]) -> Item:
        source = self.source
        stage = source.one_of(found["stage"], _codes(self.stages))
        if words["code"][2:4] != stage:
            raise source.refusal(found["stage"], f"{words['code']} cannot be an item of stage {stage}.")
        channels = tuple(source.one_of(one, _codes(self.channels)) for one in source.sequence(found["channels"]))
        scored = _flag(source, found.get("scored"), missing=True) and not self.local
        dimension = found.get("dimension")
        if scored and dimension is None:
            raise source.refusal(found["code"], f"{words['code']} is scored, so it needs a dimension.")
        answers = found.get("answers")
        return Item(
            **words,
            stage=stage,
            channels=channels,
            dimension=source.one_of(dimension, _codes(self.dimensions)) if dimension else None,
            must_be_right=_flag(source, found.get("must_have")),
            scored=scored,
            answers=source.words(answers, ("2", "1", "0")) if answers else {},
        )


@lru_cache(maxsize=1)
def _files() -> dict[tuple[str, int], Path]:
    found = {}
    for path in _FOLDER.glob("*.yaml"):
        parts = _FILE_NAME.fullmatch(path.name)
        if parts is None:
            raise InstrumentRefused(path, 1, "An instrument's file is called name.vN.yaml.")
        found[parts["name"], int(parts["version"])] = path
    return found


def _codes(named: Collection[Zone] | Collection[Named]) -> tuple[str, ...]:
    return tuple(one.code for one in named)


def _flag(source: Source, node: yaml.Node | None, *, missing: bool = False) -> bool:
    return missing if node is None else source.yes_no(node)


def _named(source: Source, node: yaml.Node) -> tuple[Named, ...]:
    return tuple(Named(code, name) for code, name in source.words(node).items())


def _zones(source: Source, node: yaml.Node) -> tuple[Zone, ...]:
    zones: list[Zone] = []
    for one in source.sequence(node):
        found = source.mapping(one, must=("code", "name"), may=("core",))
        code = source.text(found["code"])
        if any(zone.code == code for zone in zones):
            raise source.refusal(found["code"], f"Zone {code} is here twice.")
        zones.append(Zone(code, source.text(found["name"]), _flag(source, found.get("core"))))
    return tuple(zones)


def _scoring(source: Source, node: yaml.Node) -> Scoring:
    names = ("some_strain", "strained", "heavy", "change")
    found = source.mapping(node, must=names)
    scoring = Scoring(**{name: source.whole(found[name], 1, 100) for name in names})
    if not scoring.some_strain < scoring.strained < scoring.heavy:
        raise source.refusal(node, "The cut-points must rise: some_strain, strained, heavy.")
    return scoring


def _check_counts(source: Source, node: yaml.Node, found: Instrument) -> None:
    """The file says how many items it should have, so that a lost line is noticed."""
    if found.kind == ENVIRONMENT:
        counted = {
            "items": len(found.items),
            "long_form_answers": len(found.places),
            "short_form_items": sum(item.short for item in found.items),
        }
    else:
        counted = {"items": len(found.items), "scored": sum(item.scored for item in found.items)}
    for name, wanted in source.mapping(node, must=tuple(counted)).items():
        if source.whole(wanted, 0, 9999) != counted[name]:
            raise source.refusal(wanted, f"{name} should be {counted[name]}: that is what the file holds.")
