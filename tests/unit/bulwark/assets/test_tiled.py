"""Tiled maps: the six maps of the game, and each possible mistake reported by file, layer and cell."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
import zlib
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest

from bulwark.assets.building import SOURCES
from bulwark.assets.tiled import TiledMap, read_tiled_map
from bulwark.errors import AssetError
from bulwark.sim import rules
from bulwark.sim.maps import read_map

MAPS = sorted((SOURCES / "maps").glob("*.tmx"))
RUNNER, FLYER, BOSS = (rules.CREEPS.index(kind) for kind in ("runner", "flyer", "boss"))


@pytest.fixture(params=MAPS, ids=lambda file: file.stem)
def tiled(request: pytest.FixtureRequest) -> TiledMap:
    return read_tiled_map(request.param)


@pytest.fixture
def change(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write the meadow map with the first match of a pattern replaced."""

    def changed(pattern: str, replacement: str) -> Path:
        shutil.copy(SOURCES / "maps" / "terrain.tsx", tmp_path)
        text = (SOURCES / "maps" / "meadow.tmx").read_text(encoding="utf-8")
        changed, times = re.subn(pattern, replacement, text, count=1, flags=re.DOTALL)
        assert times == 1
        (tmp_path / "meadow.tmx").write_text(changed)
        return tmp_path / "meadow.tmx"

    return changed


def test_the_core_reads_the_built_map(tiled: TiledMap) -> None:
    assert read_map(tiled.text) == tiled.map


def test_the_json_is_compact_and_sorted(tiled: TiledMap) -> None:
    assert tiled.text == json.dumps(json.loads(tiled.text), sort_keys=True, separators=(",", ":"))


def test_most_of_a_map_is_open_for_a_maze(tiled: TiledMap) -> None:
    cells = [(column, row) for row in range(tiled.map.height) for column in range(tiled.map.width)]
    assert sum(tiled.map.buildable(*cell) for cell in cells) > len(cells) * 2 / 3


def test_the_first_wave_has_only_runners_and_the_last_a_boss(tiled: TiledMap) -> None:
    assert {group.kind for group in tiled.map.waves[0]} == {RUNNER}
    assert BOSS in {group.kind for group in tiled.map.waves[-1]}


def test_the_first_wave_with_flyers_has_only_flyers(tiled: TiledMap) -> None:
    first = next(wave for wave in tiled.map.waves if FLYER in {group.kind for group in wave})
    assert {group.kind for group in first} == {FLYER}


def test_every_spawn_is_used(tiled: TiledMap) -> None:
    used = {group.spawn for wave in tiled.map.waves for group in wave}
    assert used == set(range(len(tiled.map.spawns)))


def test_later_maps_have_more_waves() -> None:
    maps = sorted((read_tiled_map(file).map for file in MAPS), key=lambda each: each.order)
    counts = [len(each.waves) for each in maps]
    assert counts == sorted(counts)
    assert 10 <= counts[0] < counts[-1] <= 20


def test_the_first_map_introduces_at_most_one_kind_per_wave() -> None:
    met: set[int] = set()
    for wave in read_tiled_map(SOURCES / "maps" / "meadow.tmx").map.waves:
        kinds = {group.kind for group in wave}
        assert len(kinds - met) <= 1
        met |= kinds


@pytest.mark.parametrize(
    ("pattern", "replacement", "message"),
    [
        (r"\n1,1,", "\n1,0,", "layer terrain, cell 1, 0: there is no tile"),
        (r"\n1,1,", "\n9,1,", "layer terrain, cell 0, 0: tile 9 has no terrain"),
        (
            'name="terrain"',
            'name="ground"',
            "the tile layer `ground` is not used: .* exactly one tile layer `terrain`",
        ),
        (
            'name="marks"',
            'name="signs"',
            "the object layer `signs` is not used: .* exactly one object layer `marks`",
        ),
        ("</?objectgroup.*</objectgroup>", "", "exactly one object layer `marks`"),
        ('class="spawn"', 'class="goal"', "0 spawns and 2 goals"),
        ('class="spawn"', 'class="castle"', "layer marks, object 1: its class is 'castle'"),
        (
            r'class="spawn" x="\d+"',
            'class="spawn" x="-1"',
            "layer marks, object 1, cell -1, 5: outside the map",
        ),
        (
            r'class="spawn" x="\d+" y="\d+"',
            'class="spawn" x="304" y="104"',
            r"`spawns\[0\]` is not a walkable position",
        ),
        ('name="gold" type="int"', 'name="gold"', "property `gold` is not an int: '"),
        ('name="name"', 'name="title"', "property `name` is not text: None"),
        (
            r'name="lives" type="int" value="\d+"',
            'name="lives" type="int" value="0"',
            "`lives` is not a number",
        ),
        (r">runner x\d+ /\d+", ">runner x6", "wave 1, group 1: `runner x6` is not a group"),
        (r">runner", ">dragon", "wave 1, group 1: there is no creep `dragon`"),
        (r">runner x\d+ /\d+", ">runner x6 /32 @1", "wave 1: runner has no spawn @1"),
        (r">runner x\d+ /\d+", ">runner x6 /0", r"`waves\[0\]\[0\]` is not"),
        ("</map>", "", "is not a Tiled map"),
        ('source="terrain.tsx"', 'source="lost.tsx"', r"its tileset lost\.tsx is not there"),
        ("orthogonal", "isometric", "the map is isometric"),
        ("orthogonal", "hexagonal", "the map is hexagonal"),
        ('infinite="0"', 'infinite="1"', "the map is infinite"),
        ('tilewidth="96"', 'tilewidth="16"', "its tiles are 16 x 96 pixels"),
        ("<objectgroup", '<group name="more"/><objectgroup', "the group layer `more` is not used"),
        ("<objectgroup", '<imagelayer name="sky"/><objectgroup', "the image layer `sky` is not used"),
        ('name="terrain"', 'offsetx="9" name="terrain"', "layer terrain: it is shifted"),
        ('name="terrain" width="22"', 'name="terrain" width="21"', "layer terrain: its width is 21"),
        ('encoding="csv"', 'encoding="base64" compression="zstd"', "compressed with zstd"),
        ('encoding="csv"', "", "layer terrain: its tiles are stored as XML"),
        (r"\n1,1,", r"\n1,x,", "layer terrain, cell 1, 0: 'x' is not a tile"),
        (r"\n1,1,", r"\n1,1,1,", "layer terrain: it has 265 tiles, not 22 x 12"),
        ("<data .*</data>", '<data encoding="csv"/>', "layer terrain: it has 1 tiles, not 22 x 12"),
        (r"\n1,1,", "\n1,4294967297,", "layer terrain, cell 1, 0: '4294967297' is not a tile"),
        (
            'width="22"(.*)width="22"',
            r'width="abc"\1width="abc"',
            "layer terrain: it has 264 tiles, not 0 x 12",
        ),
        ('name="terrain"', 'offsetx="much" name="terrain"', "layer terrain: it is shifted"),
        (r">runner x\d+ /\d+", f">runner x{'9' * 5_000} /32", "wave 1, group 1"),
        (
            "<data .*</data>",
            '<data encoding="base64">@@@</data>',
            "layer terrain: its tiles cannot be unpacked",
        ),
        (r"firstgid=\"1\"", "", "is not a Tiled map: KeyError"),
        ("<point/>", "<ellipse/>", "layer marks, object 1: it is not a point"),
        ('class="spawn"', 'class="spawn" gid="1"', "layer marks, object 1: it is not a point"),
        ('class="spawn"', 'class="spawn" template="a.tx"', "object 1: it is made from a template"),
        ('class="spawn" x="48"', 'class="spawn" x="1e999"', "object 1: its position is not a number"),
        ('x="2064" y="624"', 'x="48" y="528"', "`goal` is a spawn"),
    ],
)
def test_an_invalid_map_is_reported_by_file_and_place(
    change: Callable[[str, str], Path], pattern: str, replacement: str, message: str
) -> None:
    with pytest.raises(AssetError, match=rf"^meadow\.tmx.*{message}"):
        read_tiled_map(change(pattern, replacement))


def test_a_spawn_without_a_path_to_the_goal_is_reported_by_cell(change: Callable[[str, str], Path]) -> None:
    file = change(r"<data encoding=\"csv\">.*</data>", '<data encoding="csv">\n' + walled() + "</data>")
    with pytest.raises(AssetError, match="layer marks, cell 0, 5: no path to the goal"):
        read_tiled_map(file)


def walled() -> str:
    """Open ground with a wall of rock from the upper to the lower edge."""
    row = ",".join("3" if column == 11 else "1" for column in range(22))
    return ",\n".join([row] * 12) + "\n"


def test_a_mirrored_tile_is_the_same_ground(change: Callable[[str, str], Path]) -> None:
    mirrored = read_tiled_map(change(r"\n1,1,", f"\n{1 | 1 << 31},1,"))
    assert mirrored.map == read_tiled_map(SOURCES / "maps" / "meadow.tmx").map


@pytest.mark.parametrize("pack", [None, zlib.compress, gzip.compress], ids=["base64", "zlib", "gzip"])
def test_packed_tiles_are_the_same_map(
    change: Callable[[str, str], Path], pack: Callable[[bytes], bytes] | None
) -> None:
    text = (SOURCES / "maps" / "meadow.tmx").read_text(encoding="utf-8")
    tiles = array("I", map(int, text.partition('"csv">')[2].partition("<")[0].split(","))).tobytes()
    packed = base64.b64encode(pack(tiles) if pack else tiles).decode()
    compression = f' compression="{pack.__module__}"' if pack else ""
    file = change("<data .*</data>", f'<data encoding="base64"{compression}>{packed}</data>')
    assert read_tiled_map(file).map == read_tiled_map(SOURCES / "maps" / "meadow.tmx").map


def test_a_map_whose_name_cannot_be_in_an_address_is_reported(change: Callable[[str, str], Path]) -> None:
    file = change("Meadow", "Meadow")
    with pytest.raises(AssetError, match=r"^My Map\.tmx: a map's file name"):
        read_tiled_map(file.rename(file.with_name("My Map.tmx")))


def test_a_map_of_another_encoding_is_reported_by_file(change: Callable[[str, str], Path]) -> None:
    file = change("Meadow", "M\xe4dow")
    file.write_text(file.read_text(encoding="utf-8"), encoding="latin-1")
    with pytest.raises(AssetError, match=r"^meadow\.tmx is not a Tiled map: it is not UTF-8"):
        read_tiled_map(file)


@pytest.mark.parametrize("pack", [None, zlib.compress, gzip.compress], ids=["base64", "zlib", "gzip"])
@pytest.mark.parametrize("count", [0, 263, 265, 20_000_000])
def test_another_number_of_packed_tiles_is_reported_without_unpacking_more(
    change: Callable[[str, str], Path], pack: Callable[[bytes], bytes] | None, count: int
) -> None:
    tiles = array("I", [1]).tobytes() * min(count, 200_000 if pack is None else count)
    packed = base64.b64encode(pack(tiles) if pack else tiles).decode()
    compression = f' compression="{pack.__module__}"' if pack else ""
    file = change("<data .*</data>", f'<data encoding="base64"{compression}>{packed}</data>')
    with pytest.raises(AssetError, match=r"layer terrain: it has \d+ tiles, not 22 x 12|more than 1,000 kB"):
        read_tiled_map(file)
