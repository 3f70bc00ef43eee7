"""A fresh house for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.assessment.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Assessment with a planned exercise in fieldwork."""
    found = House(tmp_path)
    found.plan()
    yield found
    found.close()
