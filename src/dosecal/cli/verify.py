"""`dosecal verify`: whether a record still is what was written, by its chain of hashes; or the files of a cohort, by their manifest."""

import os
import re

import click

from dosecal.chain import Verified
from dosecal.cli.chained import chain_fault, chain_of, numbered
from dosecal.cli.messages import as_data, say
from dosecal.cli.output import tell
from dosecal.diagnostic import Diagnostic, Misused, Place, Refused, visible
from dosecal.read.files import read_bytes
from dosecal.read.nodes import Document, read_document
from dosecal.read.participant import read_participant
from dosecal.read.plain import entries_of


def _hash(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    del ctx, param
    if value is None or re.fullmatch(r"[0-9a-f]{64}", value):
        return value
    raise Misused("--head", "hash", "this is not a hash: 64 digits from 0 to 9 and a to f", "copy it whole, as `verify` printed it")


@click.command("verify")
@click.argument("file", metavar="PARTICIPANT.yaml|DIR")
@click.option("--head", callback=_hash, metavar="HASH", help="A head that was kept elsewhere: the record must have passed through it.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to say what was found.")
def command(file: str, head: str | None, form: str) -> int:
    """Say whether anything inside a participant's record was changed or removed since it was written.

    Prints the head of the chain: keep it elsewhere, and give it back with --head to see that no later entry was cut off either.

    For a folder that `dosecal cohort` wrote: whether every file of its manifest is there and unchanged.
    """
    if os.path.isdir(file) or "://" in file:
        if head is not None:
            raise Misused("--head", "head", "a folder has no head: its manifest says what each file was", "leave it out")
        from dosecal.cli.verify_folder import verify_folder  # noqa: PLC0415  (only a folder needs it)

        return verify_folder(file, form)
    document = read_document(file, read_bytes(file))
    chain = chain_of(document)
    faults = _faults(document, chain, head)
    if form == "json":
        tell(_json(document, chain, faults))
    elif not faults:
        tell("\n".join(_lines(document, chain, head)))
    if form == "text":
        say(faults)
    return 1 if faults else 0


def _faults(document: Document, chain: Verified, head: str | None) -> list[Diagnostic]:
    """Everything that is wrong: with the chain, with the file as a participant's, with the head given."""
    broken = chain_fault(document, chain)
    faults = [broken] if broken is not None else []
    try:
        read_participant(document)
    except Refused as refused:
        faults += refused.diagnostics
    if head is not None and head not in chain.states and broken is None:
        message = "the record never had this head: its last entries were removed or changed, or its whole chain was made anew"
        mend = "compare the file with a copy from the time when the head was kept"
        faults.append(Diagnostic("unknown-head", message, mend, place=Place(document.file)))
    return faults


def _lines(document: Document, chain: Verified, head: str | None) -> list[str]:
    entries = len(chain.states) - 1
    counted = "1 entry" if entries == 1 else f"{entries} entries" if entries else "no entries"
    said = f", {len(chain.chained)} chained" if entries else ""
    covered = entries - len(chain.chained) - len(chain.unchained)
    by_hand = f", {covered} by hand and covered by a later one" if covered else ""
    good = "not chained" if entries and not chain.chained else "good"
    lines = [f"{visible(document.file)}: {good}: {counted}{said}{by_hand}"]
    if chain.unchained:
        nodes = entries_of(document)
        where = ", ".join(f"entry {number} (line {nodes[number - 1].line})" for number in chain.unchained)
        lines.append(f"unchained: {where}; the next `dosecal record` chains what was written by hand")
    if head is not None:
        after = chain.states.index(head)
        up_to = f"{numbered((after,))} and all before it are" if after else "the facts before the first entry are"
        lines.append(f"the head given: {up_to} as they were")
    return [*lines, f"head: {chain.head}"]


def _json(document: Document, chain: Verified, faults: list[Diagnostic]) -> str:
    import json  # noqa: PLC0415  (only when asked for)

    nodes = entries_of(document)
    data = {
        "file": document.file,
        "good": not faults,
        "entries": len(nodes),
        "chained": list(chain.chained),
        "unchained": [{"entry": number, "line": nodes[number - 1].line} for number in chain.unchained],
        "head": chain.head,
        "diagnostics": [as_data(one) for one in faults],
    }
    return json.dumps(data, indent=2)
