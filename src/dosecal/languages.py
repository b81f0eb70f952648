"""The languages of the participant's words: the catalogues in locale/ (gettext) -> what says an English sentence in one of them.

English is the language of the source and needs no catalogue. A new language is a new folder there (docs/how-to/translate.md).
"""

import os
from functools import lru_cache
from typing import Final, Protocol

from msgspec import Struct

from dosecal.diagnostic import Diagnostic

LOCALE: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "locale")  # noqa: PTH100, PTH118, PTH120  (pathlib costs 4 ms)
"""The folder of the catalogues: <language>/LC_MESSAGES/dosecal.mo, compiled from dosecal.po beside it."""


class Say(Protocol):
    """An English sentence -> the same in the reader's language, with the same gaps.

    With `many`, a number decides over the form: `sentence` is the English for `number` 1, `many` for all others.
    """

    def __call__(self, sentence: str, many: str | None = None, number: int = 1, /) -> str: ...


class Language(Struct, frozen=True):
    """A language: its code (BCP 47: `de`, `pt-BR`), and what says an English sentence in it."""

    code: str
    say: Say


def english(sentence: str, many: str | None = None, number: int = 1, /) -> str:
    """The `say` of English: every sentence as it stands in the source."""
    return sentence if many is None or number == 1 else many


ENGLISH: Final = Language("en", english)


@lru_cache(maxsize=1)
def language_codes() -> tuple[str, ...]:
    """The codes of all languages: English first, then those that have a compiled catalogue, in order of the alphabet."""
    folders = os.listdir(LOCALE)  # noqa: PTH208  (as above)
    return (ENGLISH.code, *sorted(code for code in folders if os.path.isfile(_catalogue(code))))  # noqa: PTH113


def unknown_language(code: str) -> Diagnostic | None:
    """What is wrong with a code that is none of `language_codes`, and the mend; None for one of them."""
    codes = language_codes()
    if code in codes:
        return None
    # `de-AT`, `pt` and `FR` are near to `de`, `pt-BR` and `fr`; of two letters the half alike is another language.
    near = next((known for known in codes if _first_part(known) == _first_part(code)), None)
    mend = f"did you mean `{near}`?" if near else f"the languages are {', '.join(codes)}"
    return Diagnostic("language", f"there is no language `{code}`", mend)


@lru_cache(maxsize=64)
def language_named(code: str) -> Language:
    """The language with this code. Raises LookupError for none of `language_codes`."""
    if code not in language_codes():
        raise LookupError(f"there is no language {code!r}")
    if code == ENGLISH.code:
        return ENGLISH
    from gettext import GNUTranslations  # noqa: PLC0415  (English needs none)

    with open(_catalogue(code), "rb") as file:  # noqa: PTH123
        catalogue = GNUTranslations(file)

    def say(sentence: str, many: str | None = None, number: int = 1, /) -> str:
        return catalogue.gettext(sentence) if many is None else catalogue.ngettext(sentence, many, number)

    return Language(code, say)


def _catalogue(code: str) -> str:
    return os.path.join(LOCALE, code, "LC_MESSAGES", "dosecal.mo")  # noqa: PTH118


def _first_part(code: str) -> str:
    """The language of a code without script and region: `pt` of `pt-BR`."""
    return code.casefold().replace("_", "-").partition("-")[0]
