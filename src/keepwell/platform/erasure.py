"""Whom an erasure removes: the ids of their rows, and the texts by which they are found where no id leads.

Each room that keeps copies of records removes its own; `app` calls them all in one transaction.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

import msgspec

# What replaces a text of the person within a text that stays.
REPLACEMENT = "[erased]"
# A shorter text occurs by chance everywhere.
_SHORTEST = 3
# Of one expression: Postgres refuses one of about 100,000 characters, and takes a second to compile half of that.
_LONGEST_PATTERN = 8_000
# Also a word of ours, such as `owner`, of the product, such as `login`, or of any language.
_PLAIN_WORD = re.compile(r"[A-Za-z_.-]+")
_SPECIAL = re.compile(r"([^\w\s])", re.ASCII)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """The person behind an account.

    `records` has the ids of all records of the account by table, `personal_ids` are those that describe the person: the
    account itself, its contacts and payment methods. `external_id` is the source's id of the account; `texts` are names, addresses and
    references.
    """

    workspace_id: UUID
    account_id: UUID
    external_id: str
    records: Mapping[str, Sequence[UUID]]
    personal_ids: Sequence[UUID]
    texts: Sequence[str]

    @property
    def record_ids(self) -> Sequence[UUID]:
        """All records of the account."""
        return [each for ids in self.records.values() for each in ids]

    @property
    def telling_texts(self) -> Sequence[str]:
        """The texts that can be searched for: none that occurs everywhere by chance."""
        return [text for text in dict.fromkeys([self.external_id, *self.texts]) if _is_telling(text)]

    @property
    def distinctive_texts(self) -> Sequence[str]:
        """The texts by which a row that nothing else leads to is the person's: no plain word, which others use as well."""
        return [text for text in self.telling_texts if not _PLAIN_WORD.fullmatch(text)]

    @property
    def patterns(self) -> Sequence[str]:
        """Regular expressions of Postgres, one of which finds any of the texts as a word, also within JSON.

        A customer chooses their name, and may be called `coupon`: they are for what belongs to the account, and for
        replacing a text where the row stays. Nothing else may be deleted because it contains one.
        """
        forms = {form for text in self.telling_texts for form in (text, _in_json(text))}
        # The longest first: an address before the name that is a part of it.
        written = map(_literal, sorted(forms, key=lambda form: (-len(form), form)))
        return [rf"(?<![[:alnum:]])(?:{'|'.join(some)})(?![[:alnum:]])" for some in _chunks(written)]


def tombstone(external_id: str, *, workspace_id: UUID, key: bytes | None) -> bytes:
    """By what an erased account is recognised: a hash of the source's id that nobody without the home's secret can try out.

    `key` is the key of the audit chain, None without a home.
    """
    text = b"erased account\0" + workspace_id.bytes + external_id.encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).digest() if key is None else hmac.digest(key, text, "sha256")


def _is_telling(text: str) -> bool:
    """Whether a text can be searched for: a number of few digits, or two letters, would be found everywhere."""
    return len(text) >= _SHORTEST and (
        any(map(str.isalpha, text)) or "@" in text or len(text) >= 2 * _SHORTEST
    )


def _chunks(texts: Iterable[str]) -> Iterator[Sequence[str]]:
    """`texts` in lists that are short enough for one expression."""
    some: list[str] = []
    for text in texts:
        if some and sum(map(len, some)) + len(text) > _LONGEST_PATTERN:
            yield some
            some = []
        some.append(text)
    if some:
        yield some


def _in_json(text: str) -> str:
    return msgspec.json.encode(text).decode()[1:-1]


def _literal(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
