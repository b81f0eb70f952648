"""Hypothesis strategies for the phrase language: for each kind of phrase every tree that the grammar can say.

Each takes the Names that the tree may use: draw them first, from `tests.properties.declared`.
"""

from datetime import date, time
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from dosecal.dose import MEASURES, ROUTES, UNITS, Amount
from dosecal.phrases import tree
from dosecal.phrases.words import Names
from dosecal.study_time import WEEKDAYS

Strategy = st.SearchStrategy[Any]

TIME_WORDS = ("breakfast", "dinner", "evening", "lunch", "bed", "mg", "IV", "Frühstück")
DATE_UNITS = ("day", "week", "month")
UNITS_OF_TIME = (*DATE_UNITS, "open day", "hour", "minute")


# -- numbers


@cache
def decimals(most: int = 10**12 - 1) -> st.SearchStrategy[Decimal]:
    """Positive decimals of at most twelve digits, up to `most`, as the printer writes them."""
    digits = st.one_of(st.integers(1, 200), st.integers(1, 10**12 - 1))
    return (
        st.builds(lambda number, places: Decimal(number).scaleb(-places), digits, st.integers(0, 11))
        .filter(lambda value: value <= most)
        .map(lambda value: Decimal(format(value, "f").rstrip("0").rstrip(".") if "." in format(value, "f") else format(value, "f")))
    )


@cache
def counts(least: int = 1, most: int = 99999) -> st.SearchStrategy[int]:
    return st.one_of(st.integers(least, min(most, least + 12)), st.integers(least, most))


@cache
def times_of(unit: str) -> st.SearchStrategy[Decimal]:
    """Positive numbers of a unit of time: only hours and minutes have decimals."""
    whole = counts().map(Decimal)
    return st.one_of(whole, decimals(99999)) if unit in ("hour", "minute") else whole


@cache
def positions(unit: str, names: Names) -> st.SearchStrategy[int]:
    """What may follow `day`, `study day`, `week` or `month`."""
    if unit in ("week", "month"):
        return counts(0)
    numbers = st.one_of(st.integers(-30, 30), st.integers(-99999, 99999))
    return numbers if unit == "day" and names.day_zero else numbers.filter(bool)


def ascending(elements: Strategy, least: int = 1, most: int = 5) -> Strategy:
    return st.lists(elements, min_size=least, max_size=most, unique=True).map(sorted).map(tuple)


# -- points


@cache
def refs(names: Names) -> st.SearchStrategy[tree.Ref]:
    bare = st.sampled_from(("", "each", "each next", "each late", "each initiation of", "first", "last")).map(lambda which: (which, None))
    counted = st.tuples(st.sampled_from(("first", "last")), counts(2))
    return st.builds(
        lambda name, which, course, due: tree.Ref(name, which[0], which[1], course, due),
        st.sampled_from(sorted(names.referable)),
        st.one_of(bare, counted),
        st.booleans(),
        st.booleans(),
    )


@cache
def marks(names: Names) -> Strategy:
    return st.sampled_from((*DATE_UNITS, "study day")).flatmap(lambda unit: st.builds(tree.Mark, st.just(unit), positions(unit, names)))


@cache
def points(names: Names) -> Strategy:
    edges = st.sampled_from(("start", "end"))
    flat = st.one_of(marks(names), refs(names), st.builds(tree.EdgeOf, edges, refs(names)), st.builds(tree.Its, edges))
    return st.recursive(flat, lambda inner: st.one_of(offsets(inner), searches(inner)), max_leaves=4)


def offsets(origins: Strategy) -> Strategy:
    return st.sampled_from(UNITS_OF_TIME).flatmap(
        lambda unit: st.builds(tree.Offset, ascending(times_of(unit)), st.just(unit), st.sampled_from(("before", "after")), origins)
    )


def searches(origins: Strategy) -> Strategy:
    weekday = st.builds(tree.Search, st.sampled_from(WEEKDAYS), st.booleans(), origins)
    return st.one_of(weekday, st.builds(tree.Search, st.none(), st.just(value=True), origins))


# -- when


@cache
def spans() -> Strategy:
    return st.builds(tree.Span, counts(), st.sampled_from(DATE_UNITS))


@cache
def weekdays() -> Strategy:
    """Some weekdays in the order of the week, from any of them."""
    return st.builds(
        lambda chosen, turn: tree.Weekdays(tuple(chosen[turn % len(chosen) :] + chosen[: turn % len(chosen)])),
        st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True).map(lambda days: sorted(days, key=WEEKDAYS.index)),
        st.integers(0, 6),
    )


@cache
def numbers(names: Names) -> Strategy:
    """`days 1 8 15`, `days 1-21`: ascending, at least two numbers or a range; a range holds no negative day."""

    def runs(unit: str) -> Strategy:
        return (
            st.lists(positions(unit, names), min_size=2, max_size=7, unique=True)
            .map(sorted)
            .flatmap(lambda found: paired(found, names, unit))
        )

    return st.sampled_from(DATE_UNITS).flatmap(lambda unit: st.builds(tree.Numbers, st.just(unit), runs(unit)))


def paired(found: list[int], names: Names, unit: str) -> Strategy:
    """Ascending numbers, some neighbours of which are joined to ranges; never one single number."""
    least = 0 if unit != "day" or names.day_zero else 1

    def join(joins: list[bool]) -> tuple[tree.Run, ...]:
        runs: list[tree.Run] = []
        place = 0
        while place < len(found):
            joined = place + 1 < len(found) and joins[place] and found[place] >= least
            runs.append(tree.Run(found[place], found[place + 1] if joined else found[place]))
            place += 2 if joined else 1
        return tuple(runs)

    return st.lists(st.booleans(), min_size=len(found), max_size=len(found)).map(join)


@cache
def cycles() -> Strategy:
    single = counts().map(lambda number: tree.Cycles(number, number))
    ranged = ascending(counts(), 2, 2).map(lambda pair: tree.Cycles(*pair))
    open_ended = counts().map(lambda number: tree.Cycles(number, None))
    return st.one_of(single, ranged, open_ended, st.builds(tree.Cycles, counts(), st.none(), counts(2)))


@cache
def ends(names: Names) -> Strategy:
    until = st.builds(tree.Until, st.sampled_from(sorted(names.events)))
    return st.one_of(st.builds(tree.ForSpan, spans()), st.builds(tree.Through, points(names)), until)


@cache
def everys(names: Names) -> Strategy:
    step = st.one_of(spans(), st.builds(tree.OpenDays), weekdays())
    start, at_most = st.none() | points(names), st.none() | counts()
    counted = st.builds(tree.Every, step, counts(), start, st.none(), at_most)
    return st.one_of(counted, st.builds(tree.Every, step, st.none(), start, st.none() | ends(names), at_most))


@cache
def whens(names: Names) -> Strategy:
    weekly = st.builds(tree.Weekly, st.integers(1, 7), st.none() | points(names), st.none() | ends(names))
    first_days = st.builds(tree.FirstDays, counts(), refs(names))
    on = st.builds(tree.On, st.one_of(points(names), numbers(names)), st.none() | cycles(), st.none() | spans())
    return st.one_of(everys(names), weekly, first_days, on)


# -- windows, times, rules


@cache
def windows(names: Names) -> Strategy:
    def of(unit: Any) -> Strategy:
        signed = ascending(st.one_of(st.integers(-9, 9), st.integers(-99999, 99999)), 2, 2)
        apart = ascending(st.one_of(st.just(Decimal(0)), times_of(unit)), 2, 2)
        side = st.sampled_from(("before", "after"))
        return st.one_of(
            st.builds(tree.Around, times_of(unit), st.just(unit)),
            signed.map(lambda pair: tree.Between(pair[0], pair[1], unit)),
            st.builds(lambda pair, side, origin: tree.Apart(pair[0], pair[1], unit, side, origin), apart, side, points(names)),
        )

    def opens_first(window: tree.FromTo) -> bool:
        opens, closes = window.opens, window.closes
        if not (isinstance(opens, tree.Mark) and isinstance(closes, tree.Mark)):
            return True
        return opens.unit != closes.unit or opens.number <= closes.number

    between_points = st.builds(tree.FromTo, points(names), points(names)).filter(opens_first)
    return st.one_of(st.sampled_from(UNITS_OF_TIME).flatmap(of), between_points)


def named_times() -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(TIME_WORDS), min_size=1, max_size=3).map(" ".join)


def clock_times() -> st.SearchStrategy[time]:
    return st.builds(time, st.integers(0, 23), st.integers(0, 59))


def ats() -> Strategy:
    near = st.builds(tree.NearTime, counts(), st.sampled_from(("hour", "minute")), st.sampled_from(("before", "after")), named_times())
    places = st.builds(tree.PlaceTimes, clock_times(), counts())
    return st.one_of(
        st.builds(tree.ClockTime, clock_times()), st.builds(tree.NamedTime, named_times()), near, st.builds(tree.AtPlace), places
    )


def durations() -> Strategy:
    return st.sampled_from(("hour", "minute")).flatmap(lambda unit: st.builds(tree.Duration, times_of(unit), st.just(unit)))


def gaps() -> Strategy:
    return st.sampled_from(UNITS_OF_TIME).flatmap(lambda unit: st.builds(tree.Gap, times_of(unit), st.just(unit)))


def if_missed() -> Strategy:
    bound, following = st.sampled_from(("at least", "more than")), st.sampled_from(("dose", "week", "cycle"))
    conditional = st.sampled_from(UNITS_OF_TIME).flatmap(
        lambda unit: st.builds(tree.IfMissed, st.just("take"), bound, times_of(unit), st.just(unit), following)
    )
    return st.one_of(st.builds(tree.IfMissed, st.sampled_from(("skip", "take"))), conditional)


def if_closed() -> Strategy:
    return st.builds(tree.IfClosed, st.sampled_from(("stay", "next", "previous", "nearest", "refuse")))


def only_if(names: Names) -> Strategy:
    return st.builds(tree.OnlyIf, st.sampled_from(sorted(names.flags)), st.booleans())


def initiate_again() -> Strategy:
    return st.builds(tree.InitiateAgain, counts())


# -- amounts and conditions


@cache
def gives(names: Names) -> Strategy:
    routes = st.sampled_from(sorted(ROUTES))
    amounts = st.lists(st.none() | decimals(), min_size=1, max_size=6).map(tuple)
    return st.one_of(
        st.builds(tree.Quantity, amounts, st.sampled_from(sorted(UNITS)), routes),
        st.builds(tree.Auc, decimals(), routes),
        st.builds(tree.Placebo, routes),
        st.builds(tree.FromTable, st.sampled_from(sorted(names.tables))),
    )


@cache
def withins(names: Names) -> Strategy:
    def of(noun: Any) -> Strategy:
        counted = noun in ("cycle", "dose", "cohort")
        single = counts() if counted else positions(noun, names)
        first = counts(0 if noun == "day" and names.day_zero else 1)
        ranged = st.lists(first, min_size=2, max_size=2, unique=True).map(sorted)
        return st.one_of(
            single.map(lambda number: tree.Within(noun, number, number)),
            ranged.map(lambda pair: tree.Within(noun, pair[0], pair[1])),
            single.map(lambda number: tree.Within(noun, number, None)),
        )

    return st.sampled_from(("study day", "day", "cycle", "dose", "cohort")).flatmap(of)


@cache
def bands() -> Strategy:
    def of(measure: str) -> Strategy:
        unit = st.sampled_from(MEASURES[measure])
        included = st.booleans()
        return st.one_of(
            st.builds(lambda low, there, of: tree.Band(measure, low, there, None, False, of), decimals(), included, unit),
            st.builds(lambda high, there, of: tree.Band(measure, None, False, high, there, of), decimals(), included, unit),
            st.builds(
                lambda pair, low, high, of: tree.Band(measure, pair[0], low, pair[1], high, of),
                ascending(decimals(), 2, 2),
                included,
                included,
                unit,
            ),
        )

    return st.sampled_from(sorted(MEASURES)).flatmap(of)


@cache
def conditions(names: Names) -> Strategy:
    """The conditions of a step: one or more."""
    arms = st.builds(tree.OnArm, st.sampled_from(sorted(names.arms)))
    one = st.one_of(withins(names), arms, st.builds(tree.AtSlot, named_times()), bands())
    return st.lists(one, min_size=1, max_size=4).map(tuple)


def amounts() -> Strategy:
    return st.builds(Amount, decimals(), st.sampled_from(sorted(UNITS)))


def places() -> Strategy:
    single = counts().map(lambda number: (number, number))
    name = st.sampled_from(("sentinels", "remaining", "second group", "group 2"))
    return st.builds(lambda name, pair: tree.Places(name, *pair), name, st.one_of(single, ascending(counts(), 2, 2)))


def record_values(names: Names) -> Strategy:
    name = st.sampled_from(sorted(names.referable))
    cycle = st.builds(tree.CycleOf, name, counts())
    either = st.one_of(name, cycle).filter(lambda value: not _may_be_name_and_cycle(value, names))
    return st.one_of(either, st.dates(date(1900, 1, 1), date(2200, 12, 31)), amounts(), weekdays())


def _may_be_name_and_cycle(value: str | tree.CycleOf, names: Names) -> bool:
    """`course cycle 2`, where both that and `course` are declared names."""
    if isinstance(value, tree.CycleOf):
        return f"{value.phase} cycle {value.number}" in names.referable
    phase, _, number = value.rpartition(" cycle ")
    return phase in names.referable and number.isdigit()
