"""The words of the language, and which names can be referred to in its phrases without being mistaken for them."""

from collections.abc import Callable, Collection, Sequence
from typing import Final

from dosecal.study_time import WEEKDAYS

_LANGUAGE = """
    actual after apart arm at AUC before cohort cohorts course cycle cycles day days dose doses due each else end every first for from
    hour hours if initiation its last late least minute minutes missed month months more most nearest next none not of on once open or
    over place placebo plan previous refuse skip start stay study table take than through time times to twice under until up week
    weekly weeks
    weight height bsa bmi age gfr creatinine clearance
"""
LANGUAGE_WORDS: Final = frozenset((*_LANGUAGE.split(), *WEEKDAYS))
"""Every word of the grammar, measures included: a named time (`evening`) holds none of them."""

_BEGINNINGS = "day days week weeks month months start end its first last each every once twice open next late initiation"
POINT_WORDS: Final = frozenset((*_BEGINNINGS.split(), *WEEKDAYS))
"""The words that a timing, a point or a reference can begin with: a name that begins so could be read as one of these."""

AFTER_A_REFERENCE: Final = frozenset(("course", "due", "through", "until", "to", "at", "of", "for"))
_FOLLOWERS: Final[dict[str, Collection[str]]] = {"at": ("most",), "of": ("cycle", "cycles", "every")}


def goes_on_after_ref(word: str, following: str) -> bool:
    """Whether a phrase could go on with these two words after a reference's name."""
    if word == "for":
        return not following or following[0].isdigit()
    return word in AFTER_A_REFERENCE and (word not in _FOLLOWERS or not following or following in _FOLLOWERS[word])


def goes_on_after_event(word: str, following: str) -> bool:
    """Whether a phrase could go on with these two words after the event of an `until`."""
    return word == "at" and following in ("", "most")


def other_reading(words: Sequence[str], known: Collection[str], goes_on: Callable[[str, str], bool]) -> str | None:
    """A name of `known` that `words` begin with, where the next two words of them could go on the phrase."""
    for count in range(len(words) - 1, 0, -1):
        shorter = " ".join(words[:count])
        if shorter in known and goes_on(words[count], words[count + 1] if count + 1 < len(words) else ""):
            return shorter
    return None


LONGEST_NAME: Final = 200
DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
"""What word processors put for a hyphen or a minus sign."""
NOT_IN_PHRASES: Final = frozenset(",[]{}" + DASHES)
