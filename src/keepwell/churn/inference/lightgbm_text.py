"""Trees of plain numbers as the text that LightGBM loads: written from a model that was checked, and stored nowhere."""

from __future__ import annotations

from collections.abc import Iterable

from keepwell.churn.learning.fitted.fitted_model import LEAF, Tree, Trees

# A number is at most the threshold: to the left. No value is missing, since a preparation has made all of them numbers.
_NUMERICAL = "2"
_HEAD = """tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx={last}
objective=binary sigmoid:1
feature_names={names}
feature_infos={ranges}
tree_sizes={sizes}

"""


def text_of(core: Trees, *, width: int) -> bytes:
    """The trees, which read `width` prepared numbers, with every threshold and leaf to its last bit."""
    trees = [_tree(number, tree) for number, tree in enumerate(core.trees)]
    head = _HEAD.format(
        last=width - 1,
        names=" ".join(f"input_{number}" for number in range(width)),
        ranges=" ".join(["[-inf:inf]"] * width),
        sizes=" ".join(str(len(each)) for each in trees),
    )
    return f"{head}{''.join(trees)}end of trees\n\n".encode("ascii")


def _tree(number: int, tree: Tree) -> str:
    inner = [node for node, feature in enumerate(tree.feature) if feature != LEAF]
    leaves = [node for node, feature in enumerate(tree.feature) if feature == LEAF]
    # A child that is a leaf has the complement of its number.
    names = {node: place for place, node in enumerate(inner)} | {
        node: ~place for place, node in enumerate(leaves)
    }
    unused = ["0"] * len(inner)
    lines: dict[str, Iterable[str]] = {
        "split_feature": (str(tree.feature[node]) for node in inner),
        "split_gain": unused,
        "threshold": (repr(tree.threshold[node]) for node in inner),
        "decision_type": [_NUMERICAL] * len(inner),
        "left_child": (str(names[tree.left[node]]) for node in inner),
        "right_child": (str(names[tree.right[node]]) for node in inner),
        "leaf_value": (repr(tree.value[node]) for node in leaves),
        "leaf_weight": ["0"] * len(leaves),
        "leaf_count": ["0"] * len(leaves),
        "internal_value": unused,
        "internal_weight": unused,
        "internal_count": unused,
    }
    body = "".join(f"{name}={' '.join(values)}\n" for name, values in lines.items())
    return f"Tree={number}\nnum_leaves={len(leaves)}\nnum_cat=0\n{body}is_linear=0\nshrinkage=1\n\n\n"
