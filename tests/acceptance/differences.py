"""Holds an answer against the reference and lists every place where they differ, so that one run tells everything."""

from collections.abc import Iterator
from typing import Any

from tests.acceptance.reference_numbers import Either

ROW_KEYS = ("item", "zone", "stage", "dimension")
UNORDERED = {"red", "amber", "strength", "caps"}
MISSING = object()


class Tally:
    """How many values were held against each other."""

    def __init__(self) -> None:
        self.compared = 0

    def differences(self, expected: Any, got: Any, path: str = "") -> Iterator[str]:
        """Every differing value as `path: expected …, got …`. Fields that only the answer has are allowed."""
        if isinstance(expected, Either):
            self.compared += 1
            if not any(list(Tally().differences(value, got)) == [] for value in expected.values):
                yield f"{path}: expected one of {expected.values!r}, got {got!r}"
        elif isinstance(expected, dict) and isinstance(got, dict):
            for key, value in expected.items():
                yield from self.differences(value, got.get(key, MISSING), f"{path}/{key}")
        elif isinstance(expected, list) and isinstance(got, list) and _are_rows(expected or got):
            yield from self._rows(expected, got, path)
        else:
            self.compared += 1
            if not _same(expected, got, path):
                shown = "no such field" if got is MISSING else repr(got)
                yield f"{path}: expected {expected!r}, got {shown}"

    def _rows(self, expected: list[Any], got: list[Any], path: str) -> Iterator[str]:
        wanted, given = ({_name(row): row for row in rows} for rows in (expected, got))
        if len(given) != len(got):
            yield f"{path}: the same row twice"
        for name, row in wanted.items():
            if name in given:
                yield from self.differences(row, given[name], f"{path}/{name}")
            elif not _says_nothing(row):
                yield f"{path}/{name}: expected {row!r}, got no such row"
        for name in given.keys() - wanted.keys():
            if not name.startswith("M-BE-07"):
                yield f"{path}/{name}: expected no such row, got {given[name]!r}"


def _are_rows(rows: list[Any]) -> bool:
    return bool(rows) and all(isinstance(row, dict) and any(key in row for key in ROW_KEYS) for row in rows)


def _name(row: dict[str, Any]) -> str:
    """What tells one row from the next: an item in its zone, else the zone, the stage or the dimension alone."""
    names = [str(row[key]) for key in ("item", "zone") if row.get(key) is not None]
    return "@".join(names) or str(row.get("stage") or row.get("dimension"))


def _says_nothing(row: dict[str, Any]) -> bool:
    """A stage, a dimension or an item of the mystery shop that nobody answered may be left out."""
    faces = row.get("faces")
    no_faces = not isinstance(faces, Either) or faces.values[0] == 0
    return row.get("maximum") == 0 and "trigger" not in row and no_faces


def _same(expected: Any, got: Any, path: str) -> bool:
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, int | float) and isinstance(got, int | float):
        return abs(expected - got) < (0.00101 if path.endswith("/alpha") else 1e-9)
    if isinstance(expected, list) and isinstance(got, list) and path.rpartition("/")[2] in UNORDERED:
        return sorted(map(str, expected)) == sorted(map(str, got))
    return bool(expected == got)
