"""A participant file -> the chain over its record, and what there is to say where it does not fit."""

from collections.abc import Sequence

from dosecal.chain import Verified, verified
from dosecal.diagnostic import Diagnostic
from dosecal.read.nodes import Document
from dosecal.read.plain import entries_of, texts_of


def chain_of(document: Document) -> Verified:
    """The chain of the participant file in `document`, held against what its entries bear."""
    return verified(texts_of(document.root), [texts_of(one) for one in entries_of(document)])


def chain_fault(document: Document, chain: Verified) -> Diagnostic | None:
    """What is wrong with a chain, at the first entry that does not fit; None where all fit."""
    if chain.broken is None:
        return None
    what = f"this entry, or one after entry {chain.sound},"
    if not chain.sound:
        what = "this entry, an earlier one, or a fact of the participant (`day-1`, `measures`, `timezone` ...)"
    message = f"the chain breaks at entry {chain.broken}: {what} was changed, removed or added"
    mend = "put back what stood there: a correction is a new entry with `corrects`, and nothing above it is edited"
    return Diagnostic("broken-chain", message, mend, place=document.place(entries_of(document)[chain.broken - 1]))


def numbered(numbers: Sequence[int]) -> str:
    """Entries by number, for people: "entry 3", "entries 1, 2 and 5"."""
    *most, last = map(str, numbers)
    return f"entries {', '.join(most)} and {last}" if most else f"entry {last}"
