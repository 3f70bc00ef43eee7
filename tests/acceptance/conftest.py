"""One running product for a whole file of acceptance tests: starting it is the dear part."""

from collections.abc import Iterator

import pytest

from tests.acceptance.product import Product, running


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product with an empty data folder, for all tests of one file."""
    with running(tmp_path_factory.mktemp("acceptance") / "data") as started:
        yield started
