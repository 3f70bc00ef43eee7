"""One running product for all acceptance tests that need no house of their own: starting it is the dear part, and each
test brings an exercise of its own.
"""

from collections.abc import Iterator

import pytest

from tests.acceptance.product import Product, running


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product with an empty data folder, shared by tests that each plan their own exercise."""
    with running(tmp_path_factory.mktemp("acceptance") / "data") as started:
        yield started
