"""A regimen's nodes -> the names that it declares, so that phrases may refer to them before they are read."""

from collections.abc import Iterator

from dosecal.phrases.words import Names
from dosecal.read.nodes import Mapping, Node, Scalar, Sequence
from dosecal.regimen import SECTIONS


def declared_names(root: Mapping) -> Names:
    """Every name of an item, phase, event, arm, table and flag in the file, and the kinds ("dose", "visit" ...)."""
    events = frozenset(_texts(root.get("events")))
    return Names(
        referable=frozenset((*_items(root), *_plans(root), *events, *(facts.singular for facts in SECTIONS.values()))),
        events=events,
        arms=frozenset(_keys(root.get("arms"))),
        tables=frozenset(_keys(root.get("tables"))),
        flags=frozenset(_texts(root.get("flags"))),
    )


def _items(node: Node | None) -> Iterator[str]:
    """Names of items and phases: those of this level, and of the phases and arms in it."""
    if not isinstance(node, Mapping):
        return
    for section in SECTIONS:
        yield from _keys(node.get(section))
    yield from _keys(node.get("phases"))
    for holder in ("phases", "arms"):
        inner = node.get(holder)
        if isinstance(inner, Mapping):
            for _, part in inner.entries:
                yield from _items(part)


def _plans(root: Mapping) -> Iterator[str]:
    """Names that cohort plans declare: reviews, and places without their numbers (`sentinels 1-2` is called `sentinels`)."""
    plans = root.get("cohort-plans")
    if not isinstance(plans, Mapping):
        return
    for _, plan in plans.entries:
        if isinstance(plan, Mapping):
            yield from _keys(plan.get("reviews"))
            for places in _keys(plan.get("places")):
                yield places.rpartition(" ")[0] or places


def _keys(node: Node | None) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, _ in node.entries:
            if key.text.strip():
                yield key.text


def _texts(node: Node | None) -> Iterator[str]:
    parts = node.nodes if isinstance(node, Sequence) else (node,)
    for part in parts:
        if isinstance(part, Scalar) and part.text.strip():
            yield part.text
