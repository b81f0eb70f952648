"""A phrase split into words with their columns, the cursor that reads them, the names it may meet, and the error that refuses it."""

from collections.abc import Callable, Collection, Iterable
from typing import Final, Generic, NoReturn, TypeVar

from msgspec import Struct

from dosecal.diagnostic import nearest
from dosecal.phrases.names import (
    AFTER_A_REFERENCE,
    LONGEST_NAME,
    NOT_IN_PHRASES,
    POINT_WORDS,
    goes_on_after_ref,
    other_reading,
)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
W = TypeVar("W", bound=str)

_TEMPORAL: Final = ("day", "week", "month", "hour", "minute", "time")
_NUMBERED: Final = ("cycle", "dose", "cohort")
SINGULAR: Final[dict[str, str]] = {form: noun for noun in (*_TEMPORAL, *_NUMBERED) for form in (noun, noun + "s")}
"""Both forms of each noun of the language, and its singular: a plural and a singular are the same word, of which one is spelled."""


class Names(Struct, frozen=True):
    """The names that a phrase may use, as its file declares them.

    `referable`: items, phases, events, places, and the kinds ("dose", "visit" ...). `day_zero`: days count from 0 here
    (a cycle with `first-day: 0`), so that `day 0` may be said.
    """

    referable: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    arms: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    day_zero: bool = False


class PhraseError(ValueError):
    """A phrase is refused: `message` says why, `help` how to mend it, `start` and `end` where (characters from 0, end exclusive).

    `name` is the diagnostic's stable name. `start == end` is the place right after the text.
    """

    def __init__(self, start: int, end: int, message: str, mend: str, name: str = "phrase") -> None:
        super().__init__(message)
        self.start, self.end, self.message, self.help, self.name = start, end, message, mend, name


class Parsed(Struct, Generic[T_co], frozen=True):
    """A phrase as a tree, with the place of each of its nodes in the text (characters from 0, end exclusive)."""

    tree: T_co
    spans: tuple[tuple[object, int, int], ...]

    def span_of(self, node: object) -> tuple[int, int] | None:
        """Where this very object (not an equal one) stands in the text; None for one of another tree."""
        return next(((start, end) for known, start, end in self.spans if known is node), None)


class Cursor:
    """The words of one phrase, read from left to right; it never goes back.

    It remembers what was looked for at the present word, so that a failure can say what could have stood there.
    """

    __slots__ = ("_known", "_looked_for", "_starts", "_things", "at", "depth", "names", "nodes", "text", "what", "words")

    def __init__(self, text: str, names: Names, what: str) -> None:
        """`what` is the phrase in words, for messages: "a timing"."""
        self.text, self.names, self.what = text, names, what
        self.words: list[str] = []
        self._starts: list[int] = []
        position = 0
        for word in text.split(" "):
            if word:
                self.words.append(word)
                self._starts.append(position)
            position += len(word) + 1
        self.words.append("")  # the end, as a word that nothing equals
        self._starts.append(len(text))
        self.at = self.depth = 0
        self.nodes: list[tuple[object, int, int]] = []
        self._looked_for: list[str] = []
        self._things: list[str] = []
        self._known: frozenset[str] | None = None

    @property
    def word(self) -> str:
        """The present word; "" at the end."""
        return self.words[self.at]

    def peek(self, ahead: int = 1) -> str:
        """The word that many places further; "" beyond the end."""
        place = self.at + ahead
        return self.words[place] if place < len(self.words) else ""

    def take(self, count: int = 1) -> str:
        """The present word (the first of `count`), which is passed over."""
        word = self.words[self.at]
        self.at += count
        self._looked_for, self._things, self._known = [], [], None
        return word

    def accept(self, *choices: W) -> W | None:
        """One of these words, if the present word is it."""
        word = self.words[self.at]
        for choice in choices:
            if word == choice:
                self.take()
                return choice
        self._looked_for += choices
        return None

    def expect(self, *choices: W) -> W:
        """One of these words; else the phrase is refused."""
        return self.accept(*choices) or self.fail()

    def expect_each(self, *following: str) -> None:
        """These words, one after another."""
        for word in following:
            self.expect(word)

    def accept_noun(self, *nouns: W) -> W | None:
        """One of these nouns, given in the singular, if the present word is it or its plural."""
        found = SINGULAR.get(self.words[self.at])
        for noun in nouns:
            if found == noun:
                self.take()
                return noun
        self._looked_for += nouns
        return None

    def expect_noun(self, *nouns: W) -> W:
        """One of these nouns, in the singular or plural; else the phrase is refused."""
        return self.accept_noun(*nouns) or self.fail()

    def look_for(self, thing: str) -> None:
        """Remember that `thing` ("a whole number") could stand here."""
        self._things.append(thing)

    def split(self, length: int) -> None:
        """Part the first `length` characters of the present word from the rest of it, if there is a rest."""
        word, start = self.words[self.at], self._starts[self.at]
        if len(word) > length:
            self.words[self.at : self.at + 1] = [word[:length], word[length:]]
            self._starts[self.at : self.at + 1] = [start, start + length]

    def longest(self, known: Collection[str], first: int | None = None) -> str | None:
        """The longest of `known` that stands here (or from word `first` on), word by word; nothing is passed over."""
        first = self.at if first is None else first
        start = self._starts[first]
        for last in range(len(self.words) - 2, first - 1, -1):
            text = self.text[start : self._starts[last] + len(self.words[last])]
            if text in known and "  " not in text:
                return text
        return None

    def expect_name(self, known: frozenset[str], thing: str, goes_on: Callable[[str, str], bool] | None = None) -> str:
        """NAME: the longest of `known` that stands here; else the phrase is refused, `thing` ("the name of an arm") being missed.

        It is refused as well where a shorter declared name would stand before words with which the grammar could go on (`goes_on`):
        with `CT` and `CT course` both declared, `each CT course` could mean either.
        """
        name = self.longest(known)
        if name is None:
            self.look_for(thing)
            self._known = known
            self.fail()
        shorter = other_reading(name.split(" "), known, goes_on) if goes_on and " " in name else None
        count = name.count(" ") + 1
        if shorter is not None:
            message = f"`{name}` can be read in two ways: as that name, or as `{shorter}` and what follows it"
            self.refuse(message, f"rename `{name}` or `{shorter}`", "ambiguous-name", words=count)
        self.take(count)
        return name

    def node(self, tree: T, first: int) -> T:
        """`tree`, remembered as standing from word `first` to the last word taken."""
        last = max(self.at - 1, first)
        self.nodes.append((tree, self._starts[first], self._starts[last] + len(self.words[last])))
        return tree

    def refuse(self, message: str, mend: str, name: str = "phrase", *, first: int | None = None, words: int = 1) -> NoReturn:
        """Refuse the phrase for `words` words from word `first` on (the present one)."""
        first = self.at if first is None else first
        last = min(first + words, len(self.words)) - 1
        raise PhraseError(self._starts[first], self._starts[last] + len(self.words[last]), message, mend, name)

    def end(self) -> None:
        """Refuse the phrase unless all of it is read."""
        if self.words[self.at]:
            self.look_for("the end")
            self.fail()

    def fail(self) -> NoReturn:
        """Refuse the present word, saying what could stand in its place and which known word is near it."""
        word = self.word
        can_stand = "here can stand " + in_a_row(dict.fromkeys([*self._things, *(f"`{choice}`" for choice in self._looked_for)]))
        if not word:
            self.refuse(f"{self.what} is missing" if self.at == 0 else f"{self.what} cannot end here", can_stand)
        self._refuse_name_that_cannot_be_referred_to()
        near = nearest(word, [choice for choice in self._looked_for if choice[0].casefold() == word[0].casefold()])
        if self._known is not None:
            self._refuse_name(
                self._known, maybe_a_word=near is not None or self.at == 0 or word in POINT_WORDS or word in AFTER_A_REFERENCE
            )
        verb = "begin" if self.at == 0 else "go on"
        self.refuse(f"{self.what} cannot {verb} with `{word}`", f"did you mean `{near}`?" if near else can_stand)

    def _refuse_name_that_cannot_be_referred_to(self) -> None:
        """Refuse a declared name that the present word is part of, if it is the name's own fault that the phrase was read otherwise."""
        for first in range(self.at, -1, -1):
            name = self.longest(self.names.referable, first)
            fault = referable_name_fault(name) if name and first + name.count(" ") >= self.at else None
            if name and fault:
                self.refuse(fault, f"rename `{name}`", "unreferable-name", first=first, words=name.count(" ") + 1)

    def _refuse_name(self, known: frozenset[str], maybe_a_word: bool) -> None:
        """Refuse the present words as an unknown name, if they are near one of `known` or can be nothing but a name."""
        words = 1
        while self.peek(words) and self.peek(words) not in AFTER_A_REFERENCE:
            words += 1
        message = "the name `{}` is not declared"
        for count in dict.fromkeys((words, 1)):
            text = " ".join(self.words[self.at : self.at + count])
            near = nearest(text, known)
            if near is not None:
                self.refuse(message.format(text), f"did you mean `{near}`?", "unknown-name", words=count)
        if not self._looked_for or (self.word[0].isalpha() and not maybe_a_word):
            mend = f"declared here: {in_a_row(sorted(known))}" if known else "none is declared that could stand here"
            self.refuse(message.format(" ".join(self.words[self.at : self.at + words])), mend, "unknown-name", words=words)


def referable_name_fault(name: str, known: Collection[str] = ()) -> str | None:
    """Why an item, phase or event of this name cannot be referred to in a phrase; None when it can.

    `known` are the other declared names: one that `name` begins with may make every reference to `name` ambiguous.
    """
    words = name.split(" ")
    if not all(words) or not name.isprintable() or set(name) & NOT_IN_PHRASES or len(name) > LONGEST_NAME:
        fault = "it is too long, or holds a comma, a bracket, a typographic dash or a space too many"
        return f"the name `{name}` cannot stand in a phrase: {fault}"
    if name[0] in "&*!|>'\"%@`?#" or any(word[0] == "#" or word[-1] == ":" for word in words):
        return f"the name `{name}` cannot stand in a phrase: a sign in it has a meaning in YAML"
    first = words[0]
    if first in POINT_WORDS or words[:2] in (["study", "day"], ["study", "days"]):
        return f"`{name}` cannot be referred to: it begins with `{first}`, a word of the language"
    if first[0] in "0123456789." and not any(letter.isalpha() for letter in first):
        return f"`{name}` cannot be referred to: it begins with a number"
    if first[0] in "+-±":
        return f"`{name}` cannot be referred to: it begins with `{first[0]}`"
    shorter = other_reading(words, known, goes_on_after_ref)
    if shorter is not None:
        return f"`{name}` cannot be referred to: it could also be read as `{shorter}` and what follows it"
    return None


def in_a_row(things: Iterable[str], most: int = 12) -> str:
    """`a`, `b` or `c`; the first `most`, when there are more."""
    listed = list(things)
    if len(listed) > most:
        return ", ".join(listed[:most]) + " ..."
    return " or ".join(part for part in (", ".join(listed[:-1]), listed[-1]) if part) if listed else "nothing"
