"""What in a plan hangs on where, and at what time, an occurrence of an item stands."""

from dosecal.expand.plan import Plan
from dosecal.phrases.tree import Apart, Offset, Ref
from dosecal.phrases.walk import nodes_of
from dosecal.regimen import SECTIONS, Item
from dosecal.schedule import Event


def hangs_on(plan: Plan, event: Event) -> bool:
    """Whether something counts from where an item's occurrences stand, or refers to them."""
    own = [placed.item for placed in plan.items if placed.item.name == event.item]
    if any(item.count_from == "actual" or item.initiate_again for item in own):
        return True
    names = {event.item, SECTIONS[event.section].singular}
    phrases = (*(_phrases(placed.item) for placed in plan.items), *(phase.starts for phase in plan.phases))
    return any(isinstance(node, Ref) and node.name in names for node in nodes_of(phrases))


def counts_hours(plan: Plan) -> bool:
    """Whether the clock time of one occurrence may move another to another day."""
    return ties_hours(plan) or any(placed.item.at_least is not None and placed.item.at for placed in plan.items)


def ties_hours(plan: Plan) -> bool:
    """Whether an item counts its time, or its window, in hours or minutes from another's clock time."""
    nodes = (node for placed in plan.items for node in nodes_of(_phrases(placed.item)))
    return any(isinstance(node, Apart | Offset) and node.unit in ("hour", "minute") for node in nodes)


def _phrases(item: Item) -> tuple[object, ...]:
    """The phrases of an item that may refer to others."""
    return (item.when, item.not_before, item.except_, tuple(step.value for step in item.window))
