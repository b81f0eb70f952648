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


def hours_hang_on(plan: Plan, event: Event) -> bool:
    """Whether something counts hours or minutes from an occurrence: an item that is tied to it, or an earliest time."""
    return event.key in plan.tied_by_hours or any(_by_hours(placed.item.not_before) for placed in plan.items)


def tied_by_hours(plan: Plan) -> frozenset[str]:
    """The keys of the occurrences to which others are tied by hours or minutes, or windows in these."""
    items = [placed for placed in plan.items if _by_hours(_phrases(placed.item))]
    keys = (event.key for placed in items for laid in (plan.laid_out(placed),) for event in (*laid.events, *laid.absent))
    return frozenset(key.partition("@")[2] for key in keys if "@" in key)


def _by_hours(phrases: object) -> bool:
    return any(isinstance(node, Apart | Offset) and node.unit in ("hour", "minute") for node in nodes_of(phrases))


def _phrases(item: Item) -> tuple[object, ...]:
    """The phrases of an item that may refer to others."""
    return (item.when, item.not_before, item.except_, tuple(step.value for step in item.window))
