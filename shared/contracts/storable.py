"""Which text can be kept at all, said once for every door: no control signs but tab and line ends, no half signs."""

from __future__ import annotations

import re

unstorable = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]").search
"""The first sign in a text that cannot be kept, or None."""
