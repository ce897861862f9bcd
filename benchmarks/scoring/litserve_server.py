"""The same model in LitServe: `python litserve_server.py PORT MODEL`, in an environment of its own, after its documentation."""

import sys
from typing import Any

import joblib
import litserve
import numpy as np


class Churn(litserve.LitAPI):
    """Decodes, predicts and encodes, as LitServe asks of an API."""

    def setup(self, device: str) -> None:  # noqa: ARG002  LitServe's signature
        """Load the model."""
        self.model = joblib.load(sys.argv[2])

    def decode_request(self, request: dict[str, Any]) -> Any:
        """The rows."""
        return np.array(request["rows"])

    def predict(self, rows: Any) -> Any:
        """The probability of each row."""
        return self.model.predict_proba(rows)[:, 1]

    def encode_response(self, output: Any) -> dict[str, Any]:
        """As JSON."""
        return {"probabilities": output.tolist()}


if __name__ == "__main__":
    server = litserve.LitServer(Churn(api_path="/score"), accelerator="cpu", workers_per_device=1)
    server.run(port=int(sys.argv[1]), host="127.0.0.1", generate_client_file=False, log_level="error")
