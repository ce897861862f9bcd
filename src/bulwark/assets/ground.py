"""A map's ground as one drawing: its cells become meadows, banks and rocks in the style of its theme.

A theme is `grounds/<theme>.svg`, whose `<defs>` contain the paints and details by the ids used here. Coordinates are
pixels including the padding of one cell around the map, so a unit of the core is CELL / 1024 pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from bulwark.assets.contours import chance, outline
from bulwark.assets.drawings import SVG, read_drawing
from bulwark.assets.rendering import render_png
from bulwark.assets.sources import did_you_mean
from bulwark.assets.tiled import Cell, TiledMap
from bulwark.errors import AssetError
from bulwark.sim.maps import OPEN, PAVED, ROCK, WATER, Map

CELL = 64
# The paints and details that every theme has; more details are numbered: slab-1, tuft-0 and so on.
REQUIRED = (
    "ground", "ground-light", "ground-dark", "paved", "paved-edge", "bank", "water", "shallow", "deep", "ink",
    "rock", "rock-side", "rock-edge", "peak", "peak-side", "peak-edge", "border", "border-side", "border-edge", "slab-0",
)  # fmt: skip
DETAILS_OF_CELLS = 0.42  # share of open cells with a tuft, a flower or a stone


def render_ground(tiled: TiledMap, themes: Path) -> bytes:
    """The rendered ground. Raises AssetError if there is no such theme."""
    root = read_theme(theme_file(tiled, themes))
    details = {element.get("id", "") for element in root.iter()}
    definitions = "".join(ET.tostring(each, encoding="unicode") for each in root.findall(f"{SVG}defs"))
    return render_png(_Drawing(tiled.map, details).svg(definitions))


def theme_file(tiled: TiledMap, themes: Path) -> Path:
    """The file of a map's theme. Raises AssetError if there is none."""
    names = [file.stem for file in sorted(themes.glob("*.svg"))]
    if tiled.theme not in names:
        available = f"Available themes: {', '.join(names)}."
        raise AssetError(
            f"{tiled.map.id}.tmx: there is no theme `{tiled.theme}`.",
            hint=did_you_mean(tiled.theme, names, otherwise=available),
        )
    return themes / f"{tiled.theme}.svg"


def read_theme(file: Path) -> ET.Element:
    """The root of a theme's drawing. Raises AssetError naming the file and a paint or detail it lacks."""
    root = read_drawing(file, f"grounds/{file.name}", children=("defs",))
    ids = {element.get("id", "") for element in root.iter()}
    for name in REQUIRED:
        if name not in ids:
            surplus = {each for each in ids if each and each not in REQUIRED}
            hint = did_you_mean(name, surplus, otherwise=f"A theme defines {', '.join(REQUIRED)}.")
            raise AssetError(f"grounds/{file.name} has no `{name}` in its <defs>.", hint=hint)
    return root


class _Drawing:
    """The layers of a map's ground, from bottom to top."""

    def __init__(self, playable: Map, details: set[str]) -> None:
        self.map = playable
        self.width, self.height = playable.width + 2, playable.height + 2
        self.details = details
        self.cells = {kind: self._cells(kind) for kind in (OPEN, PAVED, ROCK, WATER)}
        self.exits = self._exits()
        self.border = self._border()

    def svg(self, definitions: str) -> str:
        """The whole drawing."""
        width, height = self.width * CELL, self.height * CELL
        layers = [*self._soil(), *self._paving(), *self._waters(), *self._rocks(), *self._surroundings()]
        size = f'width="{width}" height="{height}"'
        return f'<svg xmlns="{SVG[1:-1]}" {size}>{definitions}{"".join(layers)}</svg>'

    def _cells(self, kind: str) -> Sequence[Cell]:
        rows = enumerate(self.map.terrain, start=1)
        return [
            (column, row)
            for row, kinds in rows
            for column, cell_kind in enumerate(kinds, 1)
            if cell_kind == kind
        ]

    def _border(self) -> Sequence[Cell]:
        """The surroundings of the map, one cell beyond the visible edge, so that their own outer edge is hidden."""
        filled = {*self.exits, *(cell for cells in self.cells.values() for cell in cells)}
        rows, columns = range(-1, self.height + 1), range(-1, self.width + 1)
        return [(column, row) for row in rows for column in columns if (column, row) not in filled]

    def _exits(self) -> Sequence[Cell]:
        """Where the road continues from a spawn or goal at the map's edge, one cell beyond the visible edge."""
        marks = [(column + 1, row + 1) for column, row in (*self.map.spawns, self.map.goal)]
        return [
            (column + far * x, row + far * y)
            for column, row in marks
            for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1))
            if not self._inside((column + x, row + y))
            for far in (1, 2)
        ]

    def _inside(self, cell: Cell) -> bool:
        return 0 < cell[0] < self.width - 1 and 0 < cell[1] < self.height - 1

    def _soil(self) -> Iterator[str]:
        whole = f'width="{self.width * CELL}" height="{self.height * CELL}"'
        yield f'<rect {whole} fill="url(#ground)"/>'
        for number in range(self.width * self.height // 5):
            x, y = (chance(self.map.id, number, axis) for axis in "xy")
            radius = CELL * (0.6 + 1.6 * chance(self.map.id, number, "r"))
            paint_id = "ground-light" if number % 2 else "ground-dark"
            spot = f'cx="{x * self.width * CELL:.0f}" cy="{y * self.height * CELL:.0f}"'
            yield f'<ellipse {spot} rx="{radius:.0f}" ry="{radius * 0.7:.0f}" fill="url(#{paint_id})"/>'
        # A faint chequerboard shows where towers may be built, and the size of a cell.
        for column, row in self.cells[OPEN]:
            if (column + row) % 2:
                place = f'x="{column * CELL}" y="{row * CELL}" width="{CELL}" height="{CELL}"'
                yield f'<rect {place} fill="#fff" fill-opacity=".055"/>'
        yield from self._scatter("detail", self.cells[OPEN], DETAILS_OF_CELLS)

    def _paving(self) -> Iterator[str]:
        cells = [*self.cells[PAVED], *self.exits]
        path = outline(cells, size=CELL, radius=0.3, jitter=0.03)
        yield f'<path d="{path}" fill="none" stroke="url(#paved-edge)" stroke-width="9" stroke-linejoin="round"/>'
        yield f'<clipPath id="paving"><path d="{path}"/></clipPath><path d="{path}" fill="url(#paved)"/>'
        yield f'<g clip-path="url(#paving)">{"".join(self._tiles("slab", cells))}</g>'

    def _waters(self) -> Iterator[str]:
        path = outline(self.cells[WATER], size=CELL, radius=0.5, jitter=0.09)
        yield f'<path d="{path}" fill="none" stroke="url(#bank)" stroke-width="16" stroke-linejoin="round"/>'
        yield f'<clipPath id="waters"><path d="{path}"/></clipPath><path d="{path}" fill="url(#water)"/>'
        yield '<g clip-path="url(#waters)" fill="none" stroke-linejoin="round">'
        yield f'<path d="{path}" stroke="url(#shallow)" stroke-width="26" stroke-opacity=".55"/>'
        yield f'<path d="{path}" stroke="url(#deep)" stroke-width="9" transform="translate(0 3)" stroke-opacity=".6"/></g>'
        yield from self._scatter("ripple", self.cells[WATER], 0.7)

    def _rocks(self) -> Iterator[str]:
        path = outline(self.cells[ROCK], size=CELL, radius=0.42, jitter=0.1)
        yield f'<clipPath id="rock-top"><path d="{path}"/></clipPath>'
        yield from self._raised(self.cells[ROCK], "rock", radius=0.42)
        yield f'<g clip-path="url(#rock-top)">{"".join(self._scatter("facet", self.cells[ROCK], 0.75))}</g>'
        yield from self._raised(self._peaks(), "peak", radius=0.5)

    def _peaks(self) -> Sequence[Cell]:
        """Rock surrounded by rock, which rises higher."""
        rock = set(self.cells[ROCK])
        around = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        return [
            (column, row)
            for column, row in self.cells[ROCK]
            if all((column + x, row + y) in rock for x, y in around)
        ]

    def _surroundings(self) -> Iterator[str]:
        yield from self._raised(self.border, "border", radius=0.4)
        yield from self._scatter("growth", self.border, 1.0)

    def _raised(self, cells: Sequence[Cell], name: str, *, radius: float) -> Iterator[str]:
        """Raised ground: its shadow, its side, its lit upper edge and its top."""
        path = outline(cells, size=CELL, radius=radius, jitter=0.1)
        line = 'stroke="url(#ink)" stroke-width="2.5" stroke-linejoin="round"'
        yield f'<path d="{path}" transform="translate(6 17)" fill-opacity=".25"/>'
        yield f'<path d="{path}" transform="translate(0 12)" fill="url(#{name}-side)" {line}/>'
        yield f'<path d="{path}" fill="url(#{name}-edge)" {line}/>'
        yield f'<path d="{path}" transform="translate(1 4)" fill="url(#{name})"/>'

    def _scatter(self, name: str, cells: Sequence[Cell], share: float) -> Iterator[str]:
        """A random detail called `name` in this share of the cells, anywhere in the cell."""
        kinds = self._kinds(name)
        for column, row in cells:
            draws = [chance(self.map.id, name, column, row, what) for what in "shxyk"]
            if kinds and draws[0] < share:
                x, y = (column + 0.22 + 0.56 * draws[2]) * CELL, (row + 0.22 + 0.56 * draws[3]) * CELL
                scale = 0.8 + 0.45 * draws[1]
                place = f"translate({x:.1f} {y:.1f}) scale({scale:.2f})"
                yield f'<use href="#{kinds[int(draws[4] * len(kinds))]}" transform="{place}"/>'

    def _tiles(self, name: str, cells: Sequence[Cell]) -> Iterator[str]:
        """A random tile called `name` on each cell."""
        kinds = self._kinds(name)
        for column, row in cells:
            kind = kinds[int(chance(self.map.id, name, column, row) * len(kinds))]
            yield f'<use href="#{kind}" x="{column * CELL}" y="{row * CELL}"/>'

    def _kinds(self, name: str) -> Sequence[str]:
        return sorted(each for each in self.details if each.startswith(f"{name}-") and each[-1].isdecimal())
