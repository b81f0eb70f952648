"""A whole phrase: its text checked for typographic slips, read by its production, and held to its one spelling."""

from collections.abc import Callable
from typing import Final, NoReturn, TypeVar

from dosecal.phrases.names import DASHES
from dosecal.phrases.spell import spell
from dosecal.phrases.words import Cursor, Names, Parsed, PhraseError

T = TypeVar("T")
_LONGEST: Final = 500


def read_phrase(text: str, names: Names, what: str, production: Callable[[Cursor], T]) -> Parsed[T]:
    """`text` read by `production`, wholly; `what` is the phrase in words ("a timing"). Raises PhraseError, and nothing else.

    The text must be as `spell` writes the tree, but that `+/-`, the keyboard's way, may stand for `±`.
    """
    if len(text) > _LONGEST:
        mend = f"a phrase has at most {_LONGEST} characters; write several timings as a list"
        raise PhraseError(_LONGEST, len(text), f"{what} is too long", mend)
    if "," in text or not text.isascii() or not text.isprintable():
        _refuse_slips(text)
    cursor = Cursor(text, names, what)
    tree = production(cursor)
    cursor.end()
    written = spell(tree)
    if text != written and not (text.startswith("+/-") and written == "±" + text[3:]):
        _refuse_spelling(text, written)
    return Parsed(tree, tuple(cursor.nodes))


def _refuse_spelling(text: str, written: str) -> NoReturn:
    """The phrase has a meaning, but another spelling: the caret stands under the first word that differs."""
    wanted = (written.replace("±", "+/-", 1) if text.startswith("+/-") else written).split(" ")
    position = 0
    for index, word in enumerate(text.split(" ")):
        if index >= len(wanted) or word != wanted[index]:
            break
        position += len(word) + 1
    else:
        word = ""
    start = position if word else max(min(position, len(text)) - 1, 0)  # no word: a space too many
    raise PhraseError(start, start + max(len(word), 1), "this is spelled in another way", f"write `{written}`", "spelling")


def _refuse_slips(text: str) -> None:
    """Refuse the first character that cannot stand in any phrase and that word processors and habits put there."""
    for place, sign in enumerate(text):
        if sign == ",":
            _refuse_comma(text, place)
        if sign in DASHES:
            start, end = _word_around(text, place)
            mended = "".join("-" if one in DASHES else one for one in text[start:end])
            mend = f"write `{mended}`, with the hyphen of the keyboard"
            raise PhraseError(start, end, f"`{sign}` is a typographic dash", mend, "typography")
        if sign.isspace() and sign != " ":
            message = "this is not an ordinary space" if sign != "\t" else "this is a tab"
            raise PhraseError(place, place + 1, message, "write one space between two words", "typography")
        if not sign.isprintable():
            raise PhraseError(place, place + 1, f"an invisible character (U+{ord(sign):04X}) stands here", "take it out", "typography")


def _refuse_comma(text: str, place: int) -> NoReturn:
    """Lists are separated by spaces, and numbers have no comma either."""
    start, end = _word_around(text, place)
    word = text[start:end]
    before, _, after = word.partition(",")
    if before.isdigit() and after.isdigit():
        mend = f"write `{before}{after}` for one number, or `{before} {after}` for two"
        if len(after) != len("000"):
            mend = f"write `{before}.{after}` for one number, or `{before} {after}` for two"
        raise PhraseError(start, end, "lists are separated by spaces, and numbers have no comma", mend, "comma")
    spaced = " ".join(text.replace(",", " ").split())
    raise PhraseError(place, place + 1, "lists are separated by spaces", f"write `{spaced}`", "comma")


def _word_around(text: str, place: int) -> tuple[int, int]:
    """Where the word begins and ends that the character at `place` belongs to."""
    end = text.find(" ", place)
    return text.rfind(" ", 0, place) + 1, len(text) if end < 0 else end
