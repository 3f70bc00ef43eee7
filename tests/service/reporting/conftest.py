"""A world with reporting in it, fresh for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.reporting.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An exercise whose visits are being made sense of."""
    made = World(tmp_path)
    yield made
    made.service.database.close()
