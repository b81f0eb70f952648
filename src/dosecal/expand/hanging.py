"""What in a plan hangs on where, and at what time, an occurrence of an item stands."""

from functools import cached_property

from dosecal.expand.plan import Plan
from dosecal.phrases.tree import Apart, Offset, Ref
from dosecal.phrases.walk import nodes_of
from dosecal.regimen import SECTIONS, Item
from dosecal.schedule import Event


class Hanging:
    """Asked of one plan about many occurrences: its phrases are walked through once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def at_all(self, event: Event) -> bool:
        """Whether something counts from where an item's occurrences stand, or refers to them."""
        return event.item in self._counted or not self._named.isdisjoint((event.item, SECTIONS[event.section].singular))

    def by_hours(self, event: Event) -> bool:
        """Whether something counts hours or minutes from an occurrence: an item that is tied to it, or an earliest time."""
        return event.key in self._tied_by_hours or self._earliest_by_hours

    @cached_property
    def _counted(self) -> frozenset[str]:
        """The items that count from where they stand."""
        items = (placed.item for placed in self.plan.items)
        return frozenset(item.name for item in items if item.count_from == "actual" or item.initiate_again)

    @cached_property
    def _named(self) -> frozenset[str]:
        """What the phrases refer to."""
        phrases = (*(_phrases(placed.item) for placed in self.plan.items), *(phase.starts for phase in self.plan.phases))
        return frozenset(node.name for node in nodes_of(phrases) if isinstance(node, Ref))

    @cached_property
    def _earliest_by_hours(self) -> bool:
        return any(_by_hours(placed.item.not_before) for placed in self.plan.items)

    @cached_property
    def _tied_by_hours(self) -> frozenset[str]:
        """The keys of the occurrences to which others are tied by hours or minutes, or windows in these."""
        items = [placed for placed in self.plan.items if _by_hours(_phrases(placed.item))]
        keys = (event.key for placed in items for laid in (self.plan.laid_out(placed),) for event in (*laid.events, *laid.absent))
        return frozenset(key.partition("@")[2] for key in keys if "@" in key)


def _by_hours(phrases: object) -> bool:
    return any(isinstance(node, Apart | Offset) and node.unit in ("hour", "minute") for node in nodes_of(phrases))


def _phrases(item: Item) -> tuple[object, ...]:
    """The phrases of an item that may refer to others."""
    return (item.when, item.not_before, item.except_, tuple(step.value for step in item.window))
