"""The order in which items are laid out: what an item refers to comes first; a circle is refused."""

from collections.abc import Iterator

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.phrases.tree import FirstDays
from dosecal.regimen import SECTIONS, Item, PlacedItem


def named_by(name: str, placed: tuple[PlacedItem, ...]) -> tuple[PlacedItem, ...]:
    """The items that a name in a phrase means: the item of that name, else every item of the kind ("dose", "visit" ...)."""
    own = tuple(one for one in placed if one.item.name == name)
    return own or tuple(one for one in placed if SECTIONS[one.item.section].singular == name)


def references(item: Item) -> Iterator[str]:
    """The names that an item's timing is tied to."""
    for when in item.when:
        if isinstance(when, FirstDays):
            yield when.ref.name


def in_order(placed: tuple[PlacedItem, ...]) -> tuple[PlacedItem, ...]:
    """The items, each after those it refers to, else in their own order.

    Raises Refused for a circle, or a name that the arm does not have.
    """
    done: list[PlacedItem] = []
    open_: list[PlacedItem] = []

    def visit(one: PlacedItem) -> None:
        if one in done:
            return
        if one in open_:
            circle = " -> ".join(f"`{other.item.name}`" for other in (*open_[open_.index(one) :], one))
            message = f"these items wait for each other: {circle}"
            raise Refused([Diagnostic("circle", message, "let one of them have a date of its own", path=(*one.path, "when"))])
        open_.append(one)
        for name in references(one.item):
            others = named_by(name, placed)
            if not others:
                message = f"this arm has no `{name}`"
                raise Refused([Diagnostic("unknown-name", message, "name an item of the same arm", path=(*one.path, "when"), part=name)])
            for other in others:
                visit(other)
        done.append(open_.pop())

    for one in placed:
        visit(one)
    return tuple(done)
