"""The standard way to serve the same model: FastAPI, scikit-learn's interface and uvicorn with uvloop and httptools.

Run as `python fastapi_server.py PORT MODEL`, in an environment of its own. Written after the documentation of each: typed bodies,
the model loaded once, `predict_proba`. It has no authentication, no traces, no limits and no other version.
"""

from __future__ import annotations

import sys

import joblib
import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

model = joblib.load(sys.argv[2])
app = FastAPI()


class Rows(BaseModel):
    """Rows to score."""

    rows: list[list[float]]


class Scores(BaseModel):
    """The probability of each row."""

    probabilities: list[float]


@app.post("/score")
async def score(asked: Rows) -> Scores:
    """What the model says of the rows. Not in a thread, which would cost more than it."""
    return Scores(probabilities=model.predict_proba(np.array(asked.rows))[:, 1].tolist())


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
