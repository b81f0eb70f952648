"""The words of `dosecal record` -> an entry as plain texts; and what a reader says of it, in terms of what was typed."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, get_args

from msgspec.structs import replace

from dosecal.chain import Texts, Value
from dosecal.diagnostic import Diagnostic, Misused, Place, Refused, nearest
from dosecal.participant import Participant
from dosecal.read.append import Appended
from dosecal.read.nodes import read_document
from dosecal.read.plain import plain
from dosecal.record import Kind
from dosecal.write.entry import entry_line

KINDS: Final[tuple[str, ...]] = get_args(Kind)
OPTIONS: Final = ("on", "due", "slot", "at", "amount", "to", "through", "value", "why", "by", "corrects")
"""The keys of an entry that are options of the same name."""
NEW: Final = "the new entry"
"""Where the file would stand in messages about an entry that is in no file yet."""
_WRITTEN: Final = re.compile(rf"`({'|'.join(OPTIONS)}): ([^`]+)`")
"""What a mend says to write in the file, and here is to be typed as an option."""


def composed(kind: str, value: str | None, options: Mapping[str, str | None]) -> dict[str, Value]:
    """The entry that the command line says, by key; `on` only where it is said. Raises Misused."""
    if kind not in KINDS:
        near = nearest(kind, KINDS)
        mend = f"did you mean `{near}`?" if near else f"write one of: {', '.join(KINDS)}"
        raise Misused("KIND", "unknown-word", f"`{kind}` is no kind of entry", mend)
    said = {f"--{key}": text for key, text in options.items()} | {"VALUE": value}
    for where, text in said.items():
        bad = next((c for c in text or "" if not c.isprintable() and c != "\u00a0"), None)
        if bad is not None:
            raise Misused(where, "control-character", f"the character U+{ord(bad):04X} may not stand in an entry", "delete it")
    if value is None and kind != "withdrew":
        raise Misused("VALUE", "no-value", f"what was `{kind}` is not said", f'write it after the kind, as in {kind} "..."')
    what: Value = "study" if value is None else _times(value) if kind == "new-times" else value.strip()
    return {kind: what, **{key: text.strip() for key, text in options.items() if text is not None}}


def _times(value: str) -> Value:
    """`breakfast: 07:00, dinner: {Mon-Fri: 19:00}` as names with times. Raises Misused."""
    text = value if value.lstrip().startswith("{") else f"{{{value}}}"
    try:
        return plain(read_document("VALUE", f"times: {text}".encode()).root.entries[0][1])
    except Refused as refused:
        wrong = refused.diagnostics[0]
        raise Misused("VALUE", wrong.name, wrong.message, 'write names with times, as in "breakfast: 07:00"') from None


def dated(entry: Texts, participant: Participant, now: datetime) -> dict[str, Value]:
    """The entry with its `on`, which is today where nothing else was said: the date at `now` where the participant is. Raises Misused."""
    if "on" in entry:
        return dict(entry)
    if participant.zone is None:
        message = "today's date depends on where the participant is, and their file names no `timezone`"
        raise Misused("--on", "no-zone", message, "add --on YYYY-MM-DD")
    return {"on": now.astimezone(participant.zone.rules).date().isoformat(), **entry}


def stamped(entry: Texts, now: datetime) -> dict[str, Value]:
    """The entry with the instant at which it is written, in UTC to the second."""
    return {**entry, "entered": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}


def about_the_entry(diagnostic: Diagnostic, added: Appended, entry: Texts) -> Diagnostic:
    """A diagnostic of the file with its new entry: what is about that line, which nobody has seen, shows the entry alone.

    Without the time at which it is written, which stands at its end and nobody typed.
    """
    place = diagnostic.place
    if place is None or place.line != added.line or place.column < added.column:
        return diagnostic
    mend = _WRITTEN.sub(_as_option, diagnostic.help) if diagnostic.help is not None else None
    text = entry_line({key: value for key, value in entry.items() if key != "entered"})
    here = Place(NEW, 1, place.column - added.column + 1, place.length, text)
    return replace(diagnostic, place=here, help=mend)


def _as_option(written: re.Match[str]) -> str:
    """`due: 2026-02-04` as --due 2026-02-04."""
    value = f'"{written[2]}"' if " " in written[2] else written[2]
    return f"--{written[1]} {value}"
