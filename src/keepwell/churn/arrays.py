"""numpy, which only training needs, and the kinds of its arrays."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from keepwell.platform.errors import Unavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Vector = NDArray[np.float64]
    Whole = NDArray[np.signedinteger[Any]]
    Mask = NDArray[np.bool_]


class ExtraMissing(Unavailable):
    """What a training needs is not installed."""

    code = "extra-missing"
    retryable = False


def numpy() -> Any:
    """The numpy module; raises ExtraMissing with what to install if the extra is missing."""
    try:
        import numpy as np  # noqa: PLC0415  only training needs it
        import sklearn  # noqa: F401, PLC0415  as above
    except ImportError as error:
        hint = "Install the extra: pip install 'keepwell[churn]'."
        raise ExtraMissing("Training needs numpy and scikit-learn.", hint=hint) from error
    return np


def one_thread() -> AbstractContextManager[object]:
    """Linear algebra by one thread: more of them wait for each other at full load, and add up in another order.

    Raises ExtraMissing as `numpy` does.
    """
    numpy()
    from threadpoolctl import threadpool_limits  # noqa: PLC0415  comes with scikit-learn

    limits: AbstractContextManager[object] = threadpool_limits(1)
    return limits
