"""Reading a stored model: its hash before anything is parsed, then a child process, and only then this one."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import msgspec

from keepwell.churn.learning.fitted.fitted_model import FittedModel
from keepwell.churn.learning.fitted.loading_child import Outcome, Trial
from keepwell.churn.learning.fitted.probes import Probes, probes_of
from keepwell.churn.learning.fitted.serialised import from_bytes, to_bytes
from keepwell.churn.stored_json import ModelDamaged

_CHILD = "keepwell.churn.learning.fitted.loading_child"
_SECONDS = 60


class StoredModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model's bytes, the SHA-256 of exactly these in hexadecimal, and what the model answered when it was made."""

    text: bytes
    sha256: str
    probes: Probes


def stored(model: FittedModel, *, seed: int) -> StoredModel:
    """What is kept of `model`; raises UnsoundModel if it could answer with no number."""
    text = to_bytes(model)
    return StoredModel(text=text, sha256=hashlib.sha256(text).hexdigest(), probes=probes_of(model, seed=seed))


def load(kept: StoredModel) -> FittedModel:
    """The model, once its hash is right and a child process has got the same chances of it, bit for bit.

    Raises ModelDamaged, and then this process has parsed nothing of it.
    """
    found = hashlib.sha256(kept.text).hexdigest()
    if found != kept.sha256:
        raise ModelDamaged(f"its SHA-256 is {found[:12]}…, and that of what was stored {kept.sha256[:12]}….")
    tried = _try_in_child(Trial(kept.text, kept.probes.rows))
    if tried.problem is not None:
        raise ModelDamaged(tried.problem)
    if list(tried.chances) != list(kept.probes.chances):
        raise ModelDamaged(
            "it answers otherwise than when it was made. If Python was upgraded since, its arithmetic may have changed."
        )
    return from_bytes(kept.text)


def _try_in_child(trial: Trial) -> Outcome:
    try:
        ended = subprocess.run(  # noqa: S603  this interpreter, and a module of our own
            [sys.executable, "-m", _CHILD],
            input=msgspec.msgpack.encode(trial),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        if ended.returncode == 0:
            return msgspec.msgpack.decode(ended.stdout, type=Outcome)
    except subprocess.TimeoutExpired as error:
        raise ModelDamaged(f"it has given no answer after {_SECONDS} seconds.") from error
    except msgspec.MsgspecError as error:
        raise ModelDamaged("the process that tried it gave no readable answer.") from error
    raise ModelDamaged(f"the process that tried it ended with exit code {ended.returncode}.")
