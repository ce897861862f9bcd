"""What NannyML's CBPE estimates of the lists in a file. It runs in an environment of its own, which has no Keepwell.

`python nannyml_side.py LISTS.json` prints the metrics of each list of probabilities as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from nannyml import CBPE
from nannyml.calibration import NoopCalibrator

METRICS = ("roc_auc", "average_precision")


def estimates(chances: list[float]) -> dict[str, float]:
    """The metrics of one chunk of accounts with these probabilities, which are taken as calibrated."""
    estimator = CBPE(
        problem_type="classification_binary",
        y_pred_proba="chance",
        y_pred="predicted",
        y_true="left",
        metrics=list(METRICS),
        chunk_size=len(chances),
    )
    # What is calibrated already is not calibrated again.
    estimator.calibrator = NoopCalibrator()
    rows = pd.DataFrame({"chance": chances, "predicted": np.round(chances).astype(int)})
    # Only NannyML's own bounds are made of the reference, and it wants both outcomes.
    estimator.fit(rows.assign(left=np.arange(len(rows)) % 2))
    found: Any = estimator.estimate(rows).filter(period="analysis").to_df()
    return {name: float(found[(name, "value")].iloc[0]) for name in METRICS}


if __name__ == "__main__":
    lists = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps([estimates(each) for each in lists]))
