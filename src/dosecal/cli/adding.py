"""A wanted entry -> what it would change, and the participant file with the entry at its end: read, checked, written as one."""

from datetime import UTC, datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.chain import Texts, state_after
from dosecal.changes import Change, changes
from dosecal.cli.chained import chain_fault, chain_of
from dosecal.cli.composing import NEW, about_the_entry, dated, stamped
from dosecal.cli.locked import locked
from dosecal.cli.output import Unwritable, replace_if_unchanged
from dosecal.cli.selection import select_participant
from dosecal.diagnostic import Diagnostic, Refused
from dosecal.read.append import append_entry
from dosecal.read.files import read_bytes
from dosecal.read.nodes import Document, read_document
from dosecal.read.participant import ParticipantFile, read_participant
from dosecal.schedule import Schedule
from dosecal.write.entry import entry_line

_MOST_TRIES: Final = 20
"""How often an entry is checked anew because something that knows no lock, such as an editor, changes the file meanwhile."""


class Wanted(Struct, frozen=True):
    """What the command line asks for; `entry` has neither `entered` nor `chain`, and `on` only where it is said."""

    file: str
    entry: Texts
    regimen: str | None
    sites: tuple[str, ...]


class Prepared(Struct, frozen=True):
    """An entry that may be added to a file that holds `before`: its number, what it says, and what it changes.

    `state` is that of the chain before it; `by_hand` are the numbers of the entries at the end that it chains. `notes` is what there is to
    say of the schedule that was not to be said before. `changed` is None where the record could not be laid out before this entry; then
    `notes` begins with the reason.
    """

    before: bytes
    entry: Texts
    number: int
    state: str
    by_hand: tuple[int, ...]
    changed: tuple[Change, ...] | None
    notes: tuple[Diagnostic, ...]


def prepare(wanted: Wanted) -> Prepared:
    """The wanted entry against the file as it is now. Raises Misused, Unreadable or Refused: then it may not be added.

    Refused with the places of the file; what is wrong with the entry itself shows the entry as a line of its own.
    """
    before = read_bytes(wanted.file)
    document = read_document(wanted.file, before)
    own = read_participant(document)
    chain = chain_of(document)
    broken = chain_fault(document, chain)
    if broken is not None:
        raise Refused([broken])
    now = datetime.now(UTC)
    entry = dated(wanted.entry, own.participant, now)
    changed, notes = _consequences(wanted, own, before, stamped(entry, now))
    return Prepared(
        before=before,
        entry=entry,
        number=len(chain.states),
        state=chain.head,
        by_hand=chain.unchained,
        changed=changed,
        notes=notes,
    )


_Consequences = tuple[tuple[Change, ...] | None, tuple[Diagnostic, ...]]


def _consequences(wanted: Wanted, own: ParticipantFile, before: bytes, entry: Texts) -> _Consequences:
    """What the entry changes, and what is newly to be said. Raises as `prepare`."""
    added = append_entry(wanted.file, before, entry_line(entry))
    was, reasons = _before(wanted, own)
    try:
        after = _laid_out(wanted, read_participant(added.document))
    except Refused as refused:
        faults = [about_the_entry(one, added, entry) for one in refused.diagnostics]
        raise Refused(faults if was is None else map(_with_the_entry, faults)) from None
    notes = tuple(about_the_entry(one, added, entry) for one in after.notes)
    if was is None:
        return None, (*reasons, *notes)
    said = {(one.name, one.message) for one in was.notes}
    return changes(was, after), tuple(one for one in notes if (one.name, one.message) not in said)


def _before(wanted: Wanted, own: ParticipantFile) -> tuple[Schedule | None, tuple[Diagnostic, ...]]:
    """The schedule without the entry; None with the reasons where the record cannot be replayed, which the entry may be there to mend."""
    try:
        return _laid_out(wanted, own), ()
    except Refused as refused:
        return None, tuple(replace(one, severity="warning") for one in refused.diagnostics)


def _with_the_entry(fault: Diagnostic) -> Diagnostic:
    """What is wrong with another line, and was not without the new entry, says so."""
    if fault.place is not None and fault.place.file == NEW:
        return fault
    return replace(fault, message=f"with the new entry, {fault.message}")


def _laid_out(wanted: Wanted, own: ParticipantFile) -> Schedule:
    return select_participant(own, regimen=wanted.regimen, site_files=wanted.sites).schedule


def write(wanted: Wanted, prepared: Prepared) -> str | None:
    """Add the prepared entry, stamped with this instant and chained: the new head; None where the file has changed since it was prepared.

    The folder's lock is held by the caller. The file is replaced as a whole or stays as it is. Raises Unwritable, Refused.
    """
    entry = stamped(prepared.entry, datetime.now(UTC))
    head = state_after(prepared.state, entry)
    added = append_entry(wanted.file, prepared.before, entry_line({**entry, "chain": head}))
    _make_sure(added.document, head)
    return head if replace_if_unchanged(wanted.file, prepared.before, added.data) else None


def _make_sure(document: Document, head: str) -> None:
    """What is about to be written must read as a participant whose chain fits and ends with `head`. Raises Refused, or AssertionError."""
    read_participant(document)
    chain = chain_of(document)
    if chain.broken is not None or chain.unchained or chain.head != head:
        raise AssertionError("the new entry does not fit its own chain")


def add_at_once(wanted: Wanted) -> tuple[Prepared, str]:
    """Prepare and add an entry under one lock, without asking: what it changes, and the new head. Raises as both."""
    with locked(wanted.file):
        for _ in range(_MOST_TRIES):
            prepared = prepare(wanted)
            head = write(wanted, prepared)
            if head is not None:
                return prepared, head
    raise Unwritable(wanted.file, "another program keeps changing this file", "close it there, then repeat the command")
