"""Nodes -> plain texts, lists and mappings, as the record's chain and a comparison of two files need them."""

from dosecal.chain import Value
from dosecal.read.nodes import Document, Mapping, Node, Scalar, Sequence


def plain(node: Node) -> Value:
    """What a node says, without where it stands."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return tuple(plain(one) for one in node.nodes)
    return {key.text: plain(value) for key, value in node.entries}


def texts_of(node: Node) -> dict[str, Value]:
    """A mapping as plain texts by key; nothing for what is no mapping."""
    return {key.text: plain(value) for key, value in node.entries} if isinstance(node, Mapping) else {}


def entries_of(document: Document) -> tuple[Node, ...]:
    """The entries of a participant file's record, each under its number less one; none where `record` is empty or not there."""
    record = document.root.get("record")
    return record.nodes if isinstance(record, Sequence) else ()
