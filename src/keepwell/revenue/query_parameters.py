"""Query parameters that several figures have."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from litestar.params import QueryParameter

from keepwell.identity.workspace_settings.model import PolicyName

Start = Annotated[date, QueryParameter(name="from", description="The first day.")]
End = Annotated[date, QueryParameter(name="to", description="The last day, included.")]
PolicyParameter = Annotated[
    PolicyName | None,
    QueryParameter(description="The policy that defines the figure; by default the workspace's."),
]
