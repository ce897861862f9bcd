"""What came of making a model again, and which of its inputs are no longer the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from keepwell.churn.provenance.model import Environment, FileRead, InputData, InputName, LakeRead, Provenance
from keepwell.platform.errors import DomainError


class NotReproducible(DomainError):
    """The model is of a release that did not keep what it was made of."""

    code = "not-reproducible"


class InputCheck(msgspec.Struct, frozen=True, kw_only=True):
    """An input of the training and what it is now: SHA-256, or the versions of libraries. `why` is known for data only."""

    name: InputName
    was: str | None
    now: str | None
    why: str | None = None

    @property
    def is_equal(self) -> bool:
        """Whether it is the same now."""
        return self.was == self.now


class Reproduction(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the model that was trained again is the stored one.

    `is_equal` if the model's bytes, the base rate and the chances of all accounts are. `first_difference` names the first of the
    `inputs` that differs, and is null if none does. `notes` say what was done to read the records as they stood.
    """

    version: int
    is_equal: bool
    model_is_equal: bool
    chances_are_equal: bool
    accounts: int
    accounts_that_differ: int
    first_difference: InputName | None
    inputs: Sequence[InputCheck]
    notes: Sequence[str]


class LakeCut(msgspec.Struct, frozen=True, kw_only=True):
    """The files of today's lake to read for a model, and why they are not those that it read; None if they have the same events."""

    files: Sequence[str]
    why: str | None
    note: str | None = None


def cut_of(was: LakeRead, now: LakeRead) -> LakeCut:
    """Today's files with the events that `was` read, as far as there are any: files that came later are left out.

    A compaction or a rebuilt lake has other files of the same segments; these have the same events if no segment has changed.
    """
    hashes = {each.name: each.sha256 for each in now.files}
    gone = [each for each in was.files if hashes.get(each.name) != each.sha256]
    if not gone:
        return LakeCut(files=[each.name for each in was.files], why=None)
    known = {name for each in was.files for name in each.segments}
    whole = [each.name for each in now.files if known.issuperset(each.segments)]
    mixed = [each.name for each in now.files if each.name not in whole and known.intersection(each.segments)]
    changed = sorted(name for name in known if now.segments.get(name) != was.segments.get(name))
    if changed or mixed or _rows(now, whole) != sum(each.rows for each in was.files):
        return LakeCut(files=whole + mixed, why=_why(gone, changed, mixed))
    note = "The lake's files were rewritten since, from the same segments of the journal."
    return LakeCut(files=whole, why=None, note=note)


def checks_of(was: Provenance, now: Provenance, *, reasons: Mapping[InputName, str]) -> list[InputCheck]:
    """Every input, the data that the label reads first; `reasons` say why data differ."""
    data: Sequence[InputName] = ("subscriptions", "payments", "exchange_rates", "events")
    if was.label == "inactivity":
        data = ("accounts", "events")
    found = [
        InputCheck(name=name, was=_hash(was, name), now=_hash(now, name), why=reasons.get(name))
        for name in data
    ]
    if was.policy != now.policy or was.seed != now.seed:
        found.append(InputCheck(name="code", was=f"{was.policy} {was.seed}", now=f"{now.policy} {now.seed}"))
    return [*found, *_environment_checks(was.environment, now.environment)]


def _hash(of: Provenance, name: InputName) -> str | None:
    data: InputData | None = getattr(of, name)
    return None if data is None else data.sha256


def _environment_checks(was: Environment, now: Environment) -> Iterator[InputCheck]:
    why = None
    if was.code.sources_sha256 != now.code.sources_sha256:
        why = f"trained by {_named(was)}, and this is {_named(now)}"
    yield InputCheck(name="code", was=was.code.sources_sha256, now=now.code.sources_sha256, why=why)
    yield InputCheck(name="lock", was=was.lock_sha256, now=now.lock_sha256)
    yield InputCheck(name="libraries", was=_listed(was.libraries), now=_listed(now.libraries))


def _named(environment: Environment) -> str:
    code = environment.code
    if code.commit is None:
        return f"Keepwell {code.version}"
    return f"Keepwell {code.version}, commit {code.commit[:12]}{' with changes' if code.is_dirty else ''}"


def _listed(libraries: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(libraries.items()))


def _rows(lake: LakeRead, names: Sequence[str]) -> int:
    return sum(each.rows for each in lake.files if each.name in names)


def _why(gone: Sequence[FileRead], changed: Sequence[str], mixed: Sequence[str]) -> str:
    parts = [
        f"{len(gone):,} files of the lake are gone or changed, such as {gone[0].name} ({gone[0].sha256[:12]}…)"
    ]
    if changed:
        parts.append(f"the journal's {', '.join(changed[:3])} has changed or is gone")
    elif mixed:
        parts.append(f"{len(mixed):,} files hold later events too, such as {mixed[0]}")
    return "; ".join(parts)
