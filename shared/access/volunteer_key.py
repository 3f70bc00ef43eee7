"""Turns a volunteer into a pseudonym for one exercise, so that answers can be counted by person and never name one.

The key is a keyed hash: nobody without the identity key can go from an answer to a person, no table joins the
two, and a person has different keys in different exercises (domain.md §4, hard rule 4).
"""

from __future__ import annotations

import hmac


def volunteer_key(identity_key: bytes, exercise_id: str, person_id: str) -> str:
    """The pseudonym of `person_id` in `exercise_id`: 32 hex digits.

    Raises ValueError without an identity key, because a hash without a key could be guessed.
    """
    if not identity_key:
        raise ValueError("there is no identity key; start the program once, or set OPENDOOR_IDENTITY_KEY")
    message = f"{exercise_id.lower()}/{person_id.lower()}".encode()
    return hmac.digest(identity_key, message, "sha256").hex()[:32]
