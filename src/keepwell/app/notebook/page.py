"""An executed notebook as one HTML page that loads nothing: styles and pictures are in it, and there is no script."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

from keepwell.app.notebook.model import RESULTS_TYPE

if TYPE_CHECKING:
    from nbformat import NotebookNode

_TEMPLATES = Path(__file__).parent / "templates"
# Of pygments: both have a contrast of at least 4.5 to 1 on their grounds.
_LIGHT, _DARK = "default", "github-dark"


def page_of(notebook: NotebookNode, *, data: str) -> str:
    """The page; `data` says whose data it shows."""
    from nbconvert import HTMLExporter  # noqa: PLC0415  an optional extra
    from pygments.formatters import HtmlFormatter  # noqa: PLC0415

    exporter = HTMLExporter(
        template_name="keepwell",
        extra_template_basedirs=[str(_TEMPLATES)],
        exclude_anchor_links=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    colours = {
        name: HtmlFormatter(style=style).get_style_defs(".highlight")
        for name, style in (("light", _LIGHT), ("dark", _DARK))
    }
    resources = {
        "style": (_TEMPLATES / "keepwell" / "style.css").read_text(encoding="utf-8"),
        "colours": colours,
        "data": data,
    }
    body, _ = exporter.from_notebook_node(_for_readers(notebook), resources)
    return str(body)


def _for_readers(notebook: NotebookNode) -> NotebookNode:
    """The notebook without what it hands over to programs."""
    shown = deepcopy(notebook)
    for cell in shown.cells:
        if cell.cell_type == "code":
            cell.outputs = [each for each in cell.outputs if RESULTS_TYPE not in each.get("data", {})]
    return shown
