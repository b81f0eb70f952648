"""What is wrong with a catalogue, in words for a translator; nothing where it may ship."""

import re
import unicodedata
from collections.abc import Iterator
from gettext import c2py
from string import Formatter
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.plurals import get_plural

from tests.languages.catalogues import key_of
from tests.languages.messages import MESSAGES, Message

LONGEST_TITLE: Final = 30
"""Characters: about what a phone shows of an event's title in the list of a day."""
LONGEST_TEXT: Final = 60
_PLURALS_TRIED: Final = 1_000
_DATE_PARTS: Final = re.compile(r"\[[^\]]*\]|YYYY|MMMM|MMM|MM|M|dddd|ddd|DD|D")
_DAY, _MONTH, _YEAR = {"D", "DD"}, {"M", "MM", "MMM", "MMMM"}, {"YYYY"}


def faults(catalog: Catalog) -> Iterator[str]:
    """One line for each fault."""
    yield from _of_plurals(catalog)
    known = {key_of(message) for message in MESSAGES}
    present = {entry.id for entry in catalog if entry.id}
    for key in sorted(present - known, key=str):
        yield f"nobody says `{_shown(key)}`: remove it"
    for message in MESSAGES:
        entry = catalog.get(message.sentence)
        if entry is None or entry.id != key_of(message):
            yield f"`{message.sentence}` is missing"
        elif entry.fuzzy:
            yield f"`{message.sentence}` is marked as fuzzy: check it and take the mark away"
        else:
            yield from _of_entry(message, entry, catalog)


def _of_plurals(catalog: Catalog) -> Iterator[str]:
    """The header's rule, against the one that Babel has for the language."""
    wanted = get_plural(catalog.locale)
    mine, theirs = c2py(catalog.plural_expr), c2py(wanted.plural_expr)
    if catalog.num_plurals != wanted.num_plurals or any(mine(number) != theirs(number) for number in range(_PLURALS_TRIED)):
        yield f"the header must have Plural-Forms: {wanted.plural_forms}"


def _of_entry(message: Message, entry: Entry, catalog: Catalog) -> Iterator[str]:
    forms = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
    if not all(forms) or len(forms) != (catalog.num_plurals if message.many is not None else 1):
        yield f"`{message.sentence}` is not translated" + (f": it needs {catalog.num_plurals} forms" if message.many is not None else "")
        return
    for said in forms:
        yield from (f"`{message.sentence}` as `{said}`: {fault}" for fault in _of_text(message, said))


def _of_text(message: Message, said: str) -> Iterator[str]:
    try:
        gaps = gaps_of(said)
    except ValueError as error:
        yield f"the gaps cannot be read: {error}"
        return
    if gaps != gaps_of(message.sentence):
        yield f"it must have the gaps {', '.join(gaps_of(message.sentence)) or '(none)'}, each once"
    if said != said.strip():
        yield "it begins or ends with a space"
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") for letter in said):
        yield "it has a line break or another control character"
    if unicodedata.normalize("NFC", said) != said:
        yield "its accents stand apart from their letters (Unicode NFC is wanted)"
    if message.kind == "date":
        yield from _of_date(message.sentence, said)
    longest = LONGEST_TITLE if message.kind in ("title", "category") else LONGEST_TEXT
    if len(said) > longest:
        yield f"it has {len(said)} characters, and {longest} fit"
    if message.kind in ("title", "category") and said[0].islower():
        yield "it begins with a small letter, and it stands alone"
    if message.kind == "category" and "," in said:
        yield "a category has no comma"


def gaps_of(sentence: str) -> list[str]:
    """The names of the gaps, in alphabetical order; raises ValueError for a gap that holds more than its name, or a brace too many."""
    found = []
    for _, name, form, conversion in Formatter().parse(sentence):
        if name is not None:
            if form or conversion or not name.isidentifier():
                raise ValueError(f"`{{{name}}}` holds more than a name")
            found.append(name)
    return sorted(found)


def _of_date(sentence: str, said: str) -> Iterator[str]:
    parts = [part for part in _DATE_PARTS.findall(said) if not part.startswith("[")]
    wanted = (_DAY, _MONTH, _YEAR, *([{"ddd", "dddd"}] if "ddd" in sentence else []))
    if len(parts) != len(wanted) or not all(any(part in one for part in parts) for one in wanted):
        yield "it must say each of the English parts once: D, M, MM, MMM or MMMM, YYYY, and ddd or dddd where the English has it"
    letters = _DATE_PARTS.sub("", said)
    if any(letter.isalpha() for letter in letters):
        yield "words must stand in [brackets]"


def _shown(key: str | tuple[str, ...] | list[str]) -> str:
    return key if isinstance(key, str) else key[0]
