"""What is kept as JSON comes back as it was, also what the quick reader cannot say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.contracts.json_text import from_kept, to_text

_TEXT = st.text(st.characters())
_PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT
_ANY = st.recursive(_PLAIN, lambda inner: st.lists(inner) | st.dictionaries(_TEXT, inner), max_leaves=20)


@given(_ANY)
@example(2**63)
@example([2**64, -(2**70), {"sha256": "1" * 64}])
@example("half a character: \ud800")
def test_what_was_kept_comes_back_as_it_was(value: Any) -> None:
    assert from_kept(to_text(value)) == value


@given(_ANY)
def test_bytes_read_as_text_does(value: Any) -> None:
    text = json.dumps(value)
    assert from_kept(text.encode()) == from_kept(text) == value


@pytest.mark.parametrize("text", ["", "{", '{"a":}', "nul"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        from_kept(text)
