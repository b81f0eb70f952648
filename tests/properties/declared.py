"""Hypothesis strategies for the names that a regimen declares, the awkward ones first: names that look like parts of a phrase."""

from functools import cache
from itertools import product

from hypothesis import strategies as st

from dosecal.phrases.words import Names, referable_name_fault

KINDS = frozenset({"dose", "medicine", "lab", "visit", "assessment", "sample", "call", "procedure"})
AWKWARD_NAMES = (
    "CT",
    "CT scan",
    "CT scan of the head",
    "course",
    "dose 2",
    "Day 8 visit",
    "visit at home",
    "5-FU",
    "1st visit",
    "study drug",
    "placebo",
    "vaccination",
    "vaccination 1",
    "vaccination 1 booster",
    "due date",
    "table",
    "2-week check",
    "Mündliche Prüfung",
    "from-scratch review",
    "24h urine",
)
UNREFERABLE_NAMES = ("first week", "each visit due", "end of treatment visit", "week 4", "Mon clinic", "2 weeks check", "study day 1")
# Words of the grammar put together at random make the worst names.
NAME_WORDS = (
    "CT",
    "visit",
    "dose",
    "course",
    "due",
    "of",
    "at",
    "most",
    "for",
    "to",
    "through",
    "until",
    "cycle",
    "cycles",
    "2",
    "5-FU",
    "days",
)


def _set_of_names() -> st.SearchStrategy[frozenset[str]]:
    """Names that can all be referred to: none begins as a point does, none can be read as a shorter one and what follows it."""
    made_up = st.lists(st.sampled_from(NAME_WORDS), min_size=1, max_size=4).map(" ".join)
    drawn = st.lists(st.one_of(st.sampled_from(AWKWARD_NAMES), made_up), min_size=1, max_size=8)
    return drawn.map(lambda names: _without_faults(KINDS.union(names)))


def _without_faults(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in names if name in KINDS or referable_name_fault(name, names - {name}) is None)


def declared_names() -> st.SearchStrategy[Names]:
    """Names as a file may declare them: kinds and items, some of them events; arms, tables, flags; and whether day 0 may be said."""
    return st.builds(_declared, _set_of_names(), st.booleans())


def settled_names() -> st.SearchStrategy[Names]:
    """As `declared_names`, from a fixed row of awkward ones: quicker, since what is built on them is built once."""
    return st.sampled_from(_settled())


@cache
def _settled() -> tuple[Names, ...]:
    made_up = [" ".join(words) for length in (2, 3) for words in product(NAME_WORDS, repeat=length)]
    rows = (KINDS.union(AWKWARD_NAMES[row % 3 :: 3], made_up[row * 7 :: 211], ("CT",)) for row in range(16))
    return tuple(_declared(_without_faults(names), day_zero=row % 4 == 3) for row, names in enumerate(rows))


def _declared(referable: frozenset[str], day_zero: bool) -> Names:
    events = frozenset({"progression", "discontinuation of drug", "illness onset"})
    plain = frozenset({"AB", "BA", "high dose", "interferon-beta-1a", "first week", "A B C"})
    return Names(referable=referable | events, events=events, arms=plain, tables=plain, flags=plain, day_zero=day_zero)
