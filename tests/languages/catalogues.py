"""The catalogues as files: begun, brought up to date, read, compiled. Babel reads and writes them; dosecal itself needs no Babel.

Babel and not a smaller reader of .po files, because it also knows what is to be checked: which languages there are, how their plurals go
(CLDR) and how they write a date.
"""

import io
import re
from datetime import UTC, datetime
from gettext import GNUTranslations
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from dosecal import languages
from tests.languages.messages import MESSAGES, Message

LOCALE: Final = Path(languages.LOCALE)
TEMPLATE: Final = LOCALE / "dosecal.pot"
_BEGUN: Final = datetime(2026, 11, 21, tzinfo=UTC)
_GENERATED_BY: Final = re.compile(rb'^"Generated-By: [^\n]*\n', re.MULTILINE)
NOTES: Final = {"title": "Title of an event.", "category": "Category of events.", "text": "", "date": ""}


def codes() -> list[str]:
    """The languages that have a folder, whether or not there is a catalogue in it yet."""
    return sorted(path.name for path in LOCALE.iterdir() if path.is_dir() and path.name != "__pycache__")


def source_of(code: str) -> Path:
    return LOCALE / code / "LC_MESSAGES" / "dosecal.po"


def compiled_of(code: str) -> Path:
    return source_of(code).with_suffix(".mo")


def key_of(message: Message) -> str | tuple[str, str]:
    """What Babel knows a message by."""
    return message.sentence if message.many is None else (message.sentence, message.many)


def template() -> Catalog:
    """Every message without a translation."""
    return _filled(Catalog(**_HEADER, header_comment=f"# {_ABOUT}. A new language needs no copy of this: docs/how-to/translate.md"))


def begun(code: str) -> Catalog:
    """A catalogue without translations, its plural forms those of the language. Raises as `locale_of`."""
    locale = locale_of(code)
    return _filled(Catalog(locale=locale, **_HEADER, header_comment=f"# {_ABOUT}: {locale.english_name}"))


def locale_of(code: str) -> Locale:
    """What Babel knows of a language. Raises babel.UnknownLocaleError for none, ValueError for a code spelled otherwise than in BCP 47."""
    locale = Locale.parse(code, sep="-")
    if str(locale).replace("_", "-") != code:
        raise ValueError(f"the folder is to be called {str(locale).replace('_', '-')}")
    return locale


_ABOUT: Final = "What a participant reads in dosecal's calendars"
_HEADER: Final = {
    "project": "dosecal", "version": "1", "creation_date": _BEGUN, "revision_date": _BEGUN, "fuzzy": False,
    "msgid_bugs_address": "see CONTRIBUTING.md", "last_translator": "dosecal", "language_team": "dosecal",
}  # fmt: skip


def _filled(catalog: Catalog) -> Catalog:
    for message in MESSAGES:
        notes = [note for note in (NOTES[message.kind], message.note) if note]
        catalog.add(key_of(message), auto_comments=notes)
    return catalog


def read(code: str) -> Catalog:
    """The catalogue of a language. Raises as `locale_of`; babel.messages.pofile.PoFileError for what is no catalogue."""
    with source_of(code).open("rb") as file:
        return read_po(file, locale=locale_of(code), abort_invalid=True)


def written(catalog: Catalog) -> bytes:
    """The text of a .po file. Without the version of Babel: another one would change every file."""
    file = io.BytesIO()
    write_po(file, catalog, width=110, no_location=True)
    return _GENERATED_BY.sub(b"", file.getvalue())


def save(code: str, catalog: Catalog) -> None:
    source_of(code).parent.mkdir(parents=True, exist_ok=True)
    source_of(code).write_bytes(written(catalog))


def compiled(catalog: Catalog) -> bytes:
    """The content of the .mo file, as msgfmt makes it: without what is untranslated or marked as fuzzy."""
    file = io.BytesIO()
    write_mo(file, catalog, use_fuzzy=False)
    return file.getvalue()


def content(mo: bytes) -> dict[str | tuple[str, int], str]:
    """What Python's own gettext finds in a .mo file, beside its header: translations by sentence, or by sentence and plural form."""
    found: dict[str | tuple[str, int], str] = vars(GNUTranslations(io.BytesIO(mo)))["_catalog"]
    return {key: said for key, said in found.items() if key}
