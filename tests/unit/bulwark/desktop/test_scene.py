from __future__ import annotations

from math import pi

import pytest

from bulwark.desktop.scene.nodes import Node, Sprite, Transform, flatten


def test_a_child_is_moved_rotated_and_scaled_by_its_parent() -> None:
    tower = Node(Transform(100, 50, pi / 2, 2.0))
    turret = tower.add(Node(Transform(10, 0, pi / 4), Sprite("turret")))

    placed = flatten(tower)

    assert [each.picture for each in placed] == [turret.picture]
    # Ten units to the right of a parent rotated by 90 degrees and scaled by two: twenty units below it.
    assert (placed[0].x, placed[0].y) == pytest.approx((100, 70))
    assert placed[0].angle == pytest.approx(3 * pi / 4)
    assert placed[0].scale == 2.0


def test_rotating_a_turret_does_not_change_its_tower() -> None:
    tower = Node(Transform(3, 4), Sprite("base"))
    turret = tower.add(Node(Transform(), Sprite("turret")))
    before = flatten(tower)

    turret.transform = Transform(0, 0, 1.0)
    after = flatten(tower)

    assert after[0] == before[0]
    assert after[1].angle == 1.0
    assert (after[1].x, after[1].y) == (before[1].x, before[1].y)


def test_flatten_keeps_drawing_order_and_skips_hidden_nodes() -> None:
    root = Node(picture=Sprite("ground"))
    creep = root.add(Node(picture=Sprite("creep")))
    creep.add(Node(picture=Sprite("bar")))
    hidden = root.add(Node(picture=Sprite("hidden"), visible=False))
    hidden.add(Node(picture=Sprite("under the hidden")))
    root.add(Node(picture=Sprite("effect")))

    frames = [each.picture.frame for each in flatten(root) if isinstance(each.picture, Sprite)]

    assert frames == ["ground", "creep", "bar", "effect"]


def test_flattening_agrees_with_composing_transforms() -> None:
    transforms = [Transform(5, -3, 0.4, 1.5), Transform(2, 7, -1.1, 0.5), Transform(-4, 1, 2.0, 3.0)]
    root = node = Node(transforms[0])
    for transform in transforms[1:]:
        node = node.add(Node(transform))
    node.picture = Sprite("leaf")

    composed = transforms[0].over(transforms[1]).over(transforms[2])

    (leaf,) = flatten(root)
    assert (leaf.x, leaf.y, leaf.angle, leaf.scale) == pytest.approx(tuple(composed))
