"""From a tree to the one spelling of its phrase: the inverse of the parsers."""

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any, Final

from dosecal.dose import Amount, number_in_source
from dosecal.phrases.tree import (
    Apart,
    Around,
    AtPlace,
    AtSlot,
    Auc,
    Band,
    Between,
    ClockTime,
    CycleOf,
    Cycles,
    Duration,
    EdgeOf,
    Every,
    FirstDays,
    ForSpan,
    FromTable,
    FromTo,
    Gap,
    IfClosed,
    IfMissed,
    InitiateAgain,
    Its,
    Mark,
    NamedTime,
    NearTime,
    Numbers,
    Offset,
    On,
    OnArm,
    OnlyIf,
    OpenDays,
    Placebo,
    Places,
    PlaceTimes,
    Quantity,
    Ref,
    Run,
    Search,
    Span,
    Through,
    Until,
    Weekdays,
    Weekly,
    Within,
)

SINGULAR_UNITS: Final = {
    "units": "unit",
    "tablets": "tablet",
    "capsules": "capsule",
    "puffs": "puff",
    "drops": "drop",
    "patches": "patch",
    "units/kg": "unit/kg",
    "units/m2": "unit/m2",
    "years": "year",
}
"""The units that have a singular: written after exactly 1."""


def spell(tree: object) -> str:
    """The one spelling of a tree of `dosecal.phrases.tree` (of a whole phrase or a part of one); parsing it gives the tree again."""
    return _SPELLERS[type(tree)](tree)


def _noun(noun: str, number: object) -> str:
    """The plural of a noun or time unit, the singular after exactly 1."""
    return noun if number == 1 else noun + "s"


def _numbers(values: tuple[Decimal, ...]) -> str:
    return " ".join(number_in_source(value) for value in values)


def _unit(symbol: str, number: object) -> str:
    """A dose unit's or measure unit's symbol, in the singular after exactly 1."""
    return SINGULAR_UNITS.get(symbol, symbol) if number == 1 else symbol


def _after(word: str, tree: object) -> str:
    """The word and the text of the tree, each with a space before it; "" where there is no tree."""
    return "" if tree is None else f" {word} {spell(tree)}" if word else f" {spell(tree)}"


# -- points


def _ref(tree: Ref) -> str:
    words = [tree.which, "" if tree.count is None else str(tree.count), tree.name, "course" * tree.course, "due" * tree.due]
    return " ".join(word for word in words if word)


def _offset(tree: Offset) -> str:
    return f"{_numbers(tree.amounts)} {_noun(tree.unit, tree.amounts[-1])} {tree.side} {spell(tree.origin)}"


def _search(tree: Search) -> str:
    words = ["first", "open" * tree.open_day, tree.weekday or "day", "on or after", spell(tree.origin)]
    return " ".join(word for word in words if word)


# -- when


def _span(tree: Span) -> str:
    return f"{tree.count} {_noun(tree.unit, tree.count)}"


def _run(tree: Run) -> str:
    return str(tree.first) if tree.first == tree.last else f"{tree.first}-{tree.last}"


def _cycles(tree: Cycles) -> str:
    if tree.step != 1:
        return f"every {tree.step} cycles from {tree.first}"
    if tree.last is None:
        return f"cycles from {tree.first}"
    return f"cycle {tree.first}" if tree.first == tree.last else f"cycles {tree.first}-{tree.last}"


def _every(tree: Every) -> str:
    single = isinstance(tree.step, Span) and tree.step.count == 1
    step = tree.step.unit if single and isinstance(tree.step, Span) else spell(tree.step)
    times = "" if tree.times is None else f" {tree.times} {_noun('time', tree.times)}"
    at_most = "" if tree.at_most is None else f" at most {tree.at_most} {_noun('day', tree.at_most)}"
    return f"every {step}{times}{_after('from', tree.start)}{_after('', tree.end)}{at_most}"


def _weekly(tree: Weekly) -> str:
    times = {1: "once", 2: "twice"}.get(tree.times, f"{tree.times} times")
    return f"{times} weekly{_after('from', tree.start)}{_after('', tree.end)}"


# -- windows and clock times


def _between(tree: Between) -> str:
    return f"{tree.earliest:+d} to {tree.latest:+d} {_noun(tree.unit, tree.latest)}"


def _apart(tree: Apart) -> str:
    bounds = f"{number_in_source(tree.nearest)} to {number_in_source(tree.farthest)}"
    return f"{bounds} {_noun(tree.unit, tree.farthest)} {tree.side} {spell(tree.origin)}"


def _length(amount: Decimal, unit: str) -> str:
    return f"{number_in_source(amount)} {_noun(unit, amount)}"


def _clock(clock: time) -> str:
    return f"{clock:%H:%M}"


# -- rules, amounts, conditions


def _if_missed(tree: IfMissed) -> str:
    if tree.bound is None or tree.amount is None or tree.unit is None:
        return tree.rule
    return f"{tree.rule} if {tree.bound} {_length(tree.amount, tree.unit)} before next {tree.before_next} else skip"


def _quantity(tree: Quantity) -> str:
    amounts = " ".join("none" if amount is None else number_in_source(amount) for amount in tree.amounts)
    return f"{amounts} {_unit(tree.unit, tree.amounts[-1])} {tree.route}"


def _within(tree: Within) -> str:
    if tree.last is None:
        return f"from {tree.of} {tree.first}"
    return f"{tree.of} {tree.first}" if tree.first == tree.last else f"{tree.of}s {tree.first}-{tree.last}"


def _band(tree: Band) -> str:
    words = [tree.measure]
    if tree.lower is not None:
        words += ["from" if tree.lower_included else "over", number_in_source(tree.lower)]
    if tree.upper is not None:
        below = "up to" if tree.upper_included else "under" if tree.lower is None else "to under"
        words += [below, number_in_source(tree.upper)]
    if tree.unit is not None:
        words.append(_unit(tree.unit, tree.lower if tree.upper is None else tree.upper))
    return " ".join(words)


_SPELLERS: Final[dict[type, Callable[[Any], str]]] = {
    Mark: lambda tree: f"{tree.unit} {tree.number}",
    Ref: _ref,
    EdgeOf: lambda tree: f"{tree.edge} of {spell(tree.ref)}",
    Its: lambda tree: f"its {tree.edge}",
    Offset: _offset,
    Search: _search,
    Span: _span,
    Run: _run,
    Numbers: lambda tree: f"{tree.unit}s {' '.join(_run(run) for run in tree.runs)}",
    Cycles: _cycles,
    On: lambda tree: spell(tree.base) + _after("of", tree.cycles) + _after("for", tree.span),
    OpenDays: lambda _: "open day",
    Weekdays: lambda tree: " ".join(tree.days),
    ForSpan: lambda tree: f"for {_span(tree.span)}",
    Through: lambda tree: f"through {spell(tree.point)}",
    Until: lambda tree: f"until {tree.event}",
    Every: _every,
    Weekly: _weekly,
    FirstDays: lambda tree: f"first {tree.count} {_noun('day', tree.count)} of {_ref(tree.ref)}",
    Around: lambda tree: f"±{_length(tree.amount, tree.unit)}",
    Between: _between,
    Apart: _apart,
    FromTo: lambda tree: f"from {spell(tree.opens)} to {spell(tree.closes)}",
    ClockTime: lambda tree: _clock(tree.time),
    NamedTime: lambda tree: tree.name,
    NearTime: lambda tree: f"{tree.count} {_noun(tree.unit, tree.count)} {tree.side} {tree.name}",
    AtPlace: lambda _: "place",
    PlaceTimes: lambda tree: f"{_clock(tree.first)} every {tree.every} {_noun('minute', tree.every)}",
    Duration: lambda tree: _length(tree.amount, tree.unit),
    Gap: lambda tree: f"{_length(tree.amount, tree.unit)} apart",
    IfMissed: _if_missed,
    IfClosed: lambda tree: tree.rule if tree.rule in ("stay", "refuse") else f"{tree.rule} open day",
    OnlyIf: lambda tree: f"not {tree.flag}" if tree.negated else tree.flag,
    InitiateAgain: lambda tree: f"after {tree.missed_days} missed {_noun('day', tree.missed_days)}",
    Quantity: _quantity,
    Auc: lambda tree: f"AUC {number_in_source(tree.target)} {tree.route}".rstrip(),
    Placebo: lambda tree: f"placebo {tree.route}",
    FromTable: lambda tree: f"table {tree.name}",
    Within: _within,
    OnArm: lambda tree: f"arm {tree.arm}",
    AtSlot: lambda tree: f"at {tree.name}",
    Band: _band,
    tuple: lambda trees: " ".join(spell(tree) for tree in trees),
    Places: lambda tree: f"{tree.name} {_run(Run(tree.first, tree.last))}",
    CycleOf: lambda tree: f"{tree.phase} cycle {tree.number}",
    Amount: lambda tree: f"{number_in_source(tree.value)} {_unit(tree.unit, tree.value)}",
    str: lambda name: name,
    date: lambda day: day.isoformat(),
}
