"""`python -m tests.languages.compile`: bring every catalogue up to date, check it, and compile it if nothing is wrong with it.

A folder without a catalogue gets one to fill in. Exit code 1 while anything is wrong.
"""

import sys
from pathlib import Path

from babel import UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError

from dosecal.write.people import knows_dates
from tests.languages import catalogues
from tests.languages.checks import faults


def main() -> int:
    changed = _write(catalogues.TEMPLATE, catalogues.written(catalogues.template()))
    _tell("dosecal.pot: written" if changed else "dosecal.pot: up to date")
    wrong = [code for code in catalogues.codes() if not _good(code)]
    return 1 if wrong else 0


def _good(code: str) -> bool:
    """Check one language and compile it; says what is wrong."""
    try:
        catalog = _up_to_date(code)
    except (UnknownLocaleError, PoFileError, ValueError) as error:
        _tell(f"{code}: {error}")
        return False
    found = list(faults(catalog))
    for fault in found:
        _tell(f"{code}: {fault}")
    if found:
        _tell(f"{code}: {len(found)} to mend in {catalogues.source_of(code)}; not compiled")
        return False
    data, target = catalogues.compiled(catalog), catalogues.compiled_of(code)
    # Another version of Babel may lay the same content out otherwise.
    if not target.exists() or catalogues.content(target.read_bytes()) != catalogues.content(data):
        target.write_bytes(data)
    _tell(f"{code}: good" if knows_dates(code) else f"{code}: good; pendulum does not know its months, so dates are written as 2026-01-05")
    return True


def _up_to_date(code: str) -> Catalog:
    """The language's catalogue with every message of today, what is new still untranslated; what nobody says any more is left out."""
    if not catalogues.source_of(code).exists():
        catalog = catalogues.begun(code)
        catalogues.save(code, catalog)
        return catalog
    catalog = catalogues.read(code)
    before = catalogues.written(catalog)
    catalog.update(catalogues.template(), no_fuzzy_matching=True, update_header_comment=False, keep_user_comments=True)
    catalog.obsolete.clear()
    if catalogues.written(catalog) != before:
        catalogues.save(code, catalog)
    return catalog


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _write(path: Path, data: bytes) -> bool:
    if path.exists() and path.read_bytes() == data:
        return False
    path.write_bytes(data)
    return True


if __name__ == "__main__":
    sys.exit(main())
