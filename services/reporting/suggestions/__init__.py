"""The versioned library of suggestions from which a recommendation may start, and the loader that refuses bad data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

from services.reporting.domain.recommendation import COST_BANDS, KINDS, PIE_AREAS

NEWEST = 1
_FIELDS = {"id", "title", "why", "kind", "pie_area", "cost_band", "items"}


class LibraryRefused(ValueError):
    """The data file cannot be used. `faults` has one sentence for each thing wrong, with the suggestion's id."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A change that somebody made elsewhere: what, why, what it costs, and which items it answers."""

    id: str
    title: str
    why: str
    kind: str
    pie_area: str
    cost_band: str
    items: frozenset[str]
    answers_strengths: bool = False


@dataclass(frozen=True, slots=True)
class Library:
    """One published version of the suggestions, in the order of the file."""

    version: int
    suggestions: tuple[Suggestion, ...]

    def named(self, suggestion_id: str) -> Suggestion | None:
        """The suggestion of that id, if there is one."""
        return next((one for one in self.suggestions if one.id == suggestion_id), None)

    def answering(self, items: Iterable[str], *, strength: bool = False) -> list[Suggestion]:
        """Suggestions that answer any of `items`, cheapest first; for a strength, those that keep it."""
        wanted = frozenset(items)
        found = [s for s in self.suggestions if (s.answers_strengths if strength else wanted & s.items)]
        return sorted(found, key=lambda s: (COST_BANDS.index(s.cost_band), -len(wanted & s.items)))


@lru_cache
def library(version: int = NEWEST) -> Library:
    """A published version. Raises LibraryRefused when its data is malformed, FileNotFoundError when there is none."""
    return parse((files(__name__) / f"library-{version}.yaml").read_text("utf-8"))


def parse(text: str, known_item: Callable[[str], bool] = lambda code: True) -> Library:
    """Read a library. Raises LibraryRefused naming every fault; `known_item` says which item codes exist."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as fault:
        raise LibraryRefused([f"This is not YAML: {fault}"]) from fault
    if not isinstance(data, dict) or set(data) != {"version", "suggestions"}:
        raise LibraryRefused(["A library has a version and suggestions, and nothing else."])
    version, rows = data["version"], data["suggestions"]
    if type(version) is not int or version < 1 or not isinstance(rows, list) or not rows:
        raise LibraryRefused(["The version must be a whole number from 1, and suggestions a list."])
    faults: list[str] = []
    seen: set[str] = set()
    for place, row in enumerate(rows, 1):
        name = f"suggestion {place} ({row.get('id')})" if isinstance(row, dict) else f"suggestion {place}"
        faults += [f"{name}: {fault}" for fault in _faults(row, seen, known_item)]
    if faults:
        raise LibraryRefused(faults)
    return Library(version, tuple(_suggestion(row) for row in rows))


def _faults(row: object, seen: set[str], known_item: Callable[[str], bool]) -> list[str]:
    if not isinstance(row, dict):
        return ["is not a suggestion"]
    faults = [f"{name} is missing" for name in sorted(_FIELDS - set(row))]
    faults += [f"{name} is not known" for name in sorted(set(row) - _FIELDS - {"answers_strengths"}, key=str)]
    if faults:
        return faults
    faults += [f"{name} must be words" for name in ("id", "title", "why") if not _words(row[name])]
    for name, allowed in (("kind", KINDS), ("cost_band", COST_BANDS), ("pie_area", PIE_AREAS)):
        if row[name] not in allowed:
            faults.append(f"{name} must be one of: {', '.join(allowed)}")
    if row.get("answers_strengths", False) not in (True, False):
        faults.append("answers_strengths must be true or false")
    items = row["items"]
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        faults.append("items must be a list of item codes")
    else:
        if not items and row.get("answers_strengths") is not True:
            faults.append("answers no item")
        faults += [f"there is no item {item}" for item in items if not known_item(item)]
    if row["id"] in seen:
        faults.append("this id is used twice")
    seen.add(str(row["id"]))
    return faults


def _words(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _suggestion(row: dict[str, object]) -> Suggestion:
    words = {name: str(row[name]) for name in _FIELDS - {"items"}}
    items = row["items"]
    assert isinstance(items, list)
    return Suggestion(**words, items=frozenset(items), answers_strengths=row.get("answers_strengths") is True)
