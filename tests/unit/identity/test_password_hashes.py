"""What a stored password costs who guesses it."""

from __future__ import annotations

from keepwell.identity.passwords import service


def test_a_hash_takes_64_mib_and_three_passes() -> None:
    assert service._hasher().hash("correct horse battery").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
