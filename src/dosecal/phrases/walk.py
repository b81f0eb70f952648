"""A tree -> its nodes, from the top down."""

from collections.abc import Iterator

from msgspec import Struct


def nodes_of(tree: object) -> Iterator[Struct]:
    """A tree's nodes, from the top down: structs, and those inside their fields and tuples."""
    if isinstance(tree, tuple):
        for part in tree:
            yield from nodes_of(part)
    elif isinstance(tree, Struct):
        yield tree
        for field in tree.__struct_fields__:
            yield from nodes_of(getattr(tree, field))
