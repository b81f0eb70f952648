"""A regimen's conventions in force, and what it asks of a participant and a site -> sentences.

Only what some phrase of the arms explained makes use of is said; every default that changes a date or a dose is.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import get_args

from msgspec import Struct

from dosecal.phrases.tree import (
    AtPlace,
    Conditions,
    Every,
    ForSpan,
    Mark,
    NamedTime,
    NearTime,
    Numbers,
    Offset,
    On,
    OnlyIf,
    OpenDays,
    PlaceTimes,
    Ref,
    Search,
    Span,
    Until,
    Weekly,
    Within,
)
from dosecal.phrases.walk import nodes_of
from dosecal.regimen import Audience, Item, Phase, PlacedItem, Regimen
from dosecal.write.clauses import listed, measure_in_words
from dosecal.write.tally import measures_of


def conventions_of(regimen: Regimen, placed: Sequence[PlacedItem], phases: Sequence[Phase]) -> Iterator[str]:
    """How the words above are meant, and the defaults that nobody wrote: one sentence each."""
    items = _once(one.item for one in placed)
    nodes = list(nodes_of((items, tuple(phases), regimen.cohort_plans)))
    yield from _days(regimen, nodes, phases)
    yield from _repeats(placed)
    yield from _moves(items, placed)
    if any(item.window for item in items):
        yield (
            "A window includes both its ends, is counted from the planned date and never moves. A course has one window, for its first "
            "day. What is planned on Study Day 1 has no window of days around it."
        )
    if any(item.at for item in items):
        yield (
            "Clock times are local. A time that does not exist because the clocks go forward is moved forward by as much; one that comes "
            "twice is the first of the two."
        )
    if any(measures_of(item, regimen) for item in items):
        yield "An amount that depends on a measure takes the last one known on the first day of the course."
    steps = [item.name for item in items if any(_by_day(step.conditions) for step in item.give)]
    if steps:
        yield f"A late or moved dose keeps the amount of its planned date: {_names(steps)}."


def _by_day(conditions: Conditions) -> bool:
    return any(isinstance(condition, Within) and condition.of != "cohort" for condition in conditions)


def _days(regimen: Regimen, nodes: Sequence[Struct], phases: Sequence[Phase]) -> Iterator[str]:
    yield "The day before Day 1 is Day -1: there is no Day 0."
    if phases:
        anchor = next((phase for phase in phases if phase.day_1_here), phases[0])
        yield (
            f"Within a phase, Day, Week and Month count from the first day of the phase, in a cycle from the first day of the cycle. Study "
            f"Day 1 is the first day of the phase {anchor.name}."
        )
    for phase in phases:
        if phase.cycle is not None and phase.cycle.first_day == 0:
            yield f"In the phase {phase.name}, the days of a cycle are numbered from Day 0, as the protocol numbers them."
    units = {node.unit for node in nodes if isinstance(node, Mark | Numbers | Span | Offset)}
    from_1 = all(phase.cycle is None or phase.cycle.first_day == 1 for phase in phases)
    if "week" in units:
        yield f"Week 0 is Day 1, and Week 4 is 28 days later{' (Day 29)' if from_1 else ''}: a week's number is a point, not seven days."
    if "month" in units and regimen.months is not None:
        if regimen.months.days is None:
            yield (
                "A month is a calendar month: Month 0 is Day 1, Month 1 the same day of the next month, or its last day where it has no "
                "such day (31 January: 28 or 29 February). Each is counted from Day 1, never from the month before."
            )
        else:
            yield f"A month is {regimen.months.days} days: Month 0 is Day 1, and Month 1 is {regimen.months.days} days later."
    if any(isinstance(node, ForSpan) for node in nodes):
        yield "A length of time ends on the day before the same day comes again: 2 weeks from Day 1 end on Day 14."


def _repeats(placed: Sequence[PlacedItem]) -> Iterator[str]:
    open_starts = [
        one.item.name
        for one in placed
        if any(isinstance(when, Every) and isinstance(when.step, Span) and when.start is None for when in one.item.when)
    ]
    if open_starts:
        yield f"A repeat that names no start includes the first day (Day 1, Week 0, Month 0): {_names(open_starts)}."
    if any(isinstance(when, Weekly) for one in placed for when in one.item.when):
        yield "So many times weekly means the same weekdays in every treatment week; treatment week 1 is Days 1 to 7."
    if any(isinstance(when, On) and _makes_a_course(when) for one in placed for when in one.item.when):
        yield "Consecutive days make a course: it runs on over weekends and holidays, and where a rule moves it, it moves whole."


def _makes_a_course(when: On) -> bool:
    ranges = isinstance(when.base, Numbers) and when.base.unit == "day" and any(run.first != run.last for run in when.base.runs)
    return ranges or (when.span is not None and (when.span.count > 1 or when.span.unit != "day"))


def _moves(items: Sequence[Item], placed: Sequence[PlacedItem]) -> Iterator[str]:
    """The defaults that nobody wrote: closed days, missed doses, what is counted from where."""
    staying = [item.name for item in items if item.if_closed is None and not _on_open_days(item)]
    if staying:
        yield f"Nothing is said for days when the site is closed, so these stay on their dates (`if-closed: stay`): {_names(staying)}."
    skipped = [item.name for item in items if item.if_missed is None and item.section in ("doses", "medicines")]
    if skipped:
        yield f"Nothing is said of missed doses, so a missed one is left out (`if-missed: skip`): {_names(skipped)}."
    counted = [item.name for item in items if item.count_from is None and any(isinstance(when, Every | Weekly) for when in item.when)]
    if counted:
        yield f"Nothing is said of late ones, so one that is late moves none of the others (`count-from: plan`): {_names(counted)}."
    phases = dict.fromkeys(one.phase.name for one in placed if one.phase is not None and one.phase.cycle is not None)
    if phases:
        yield f"A dose given late inside a cycle moves no cycle: {listed(phases)}."


def _on_open_days(item: Item) -> bool:
    return all(isinstance(when, Every) and isinstance(when.step, OpenDays) for when in item.when)


# -- what is asked


def asked_of(regimen: Regimen, placed: Sequence[PlacedItem], phases: Sequence[Phase]) -> Iterator[str]:
    """What somebody has to say before a schedule can be made, one sentence each."""
    items = _once(one.item for one in placed)
    nodes = list(nodes_of((items, tuple(phases), regimen.cohort_plans)))
    yield "Day 1 (a date)." if not regimen.arms else "Day 1 (a date), and the arm."
    clocks = [item for item in items if item.at]
    if clocks:
        yield f"The time zone, for the clock times of {_names(item.name for item in clocks)}."
    times = dict.fromkeys(node.name for node in nodes if isinstance(node, NamedTime | NearTime))
    if times:
        yield f"The clock times of this participant's {listed(times)}."
    yield from _weekdays(items)
    for name, users in _by_measure(regimen, items).items():
        yield f"The {measure_in_words(name)}, for {listed(users)}."
    flags = dict.fromkeys(node.flag for node in nodes if isinstance(node, OnlyIf))
    if flags:
        yield f"Whether the participant has {'the flag' if len(flags) == 1 else 'the flags'} {listed(f'`{flag}`' for flag in flags)}."
    if any(isinstance(node, AtPlace | PlaceTimes) for node in nodes):
        yield "The place in the cohort (a roster)."
    site = [item.name for item in items if _follows_the_site(item)]
    if site:
        yield f"When the site is open, since it decides over dates of {_names(site)}."
    events = dict.fromkeys(_events(regimen, nodes, phases))
    if events:
        yield f"In the course of the study, when there is {listed(events, 'or')}, or up to which date to list."


def _weekdays(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        weekly = next((when.times for when in item.when if isinstance(when, Weekly)), None)
        if weekly is not None:
            whose = f"weekdays of {item.name}, {weekly} of them"
            yield f"The {whose}." if item.days is None else f"Other {whose}, if the participant wishes."


def _by_measure(regimen: Regimen, items: Sequence[Item]) -> dict[str, list[str]]:
    users: dict[str, list[str]] = {}
    for item in items:
        for measure in measures_of(item, regimen):
            if item.name not in users.setdefault(measure, []):
                users[measure].append(item.name)
    return users


def _follows_the_site(item: Item) -> bool:
    if item.if_closed is not None and item.if_closed.rule != "stay":
        return True
    return any(_counts_open_days(node) for node in nodes_of((item.when, item.window, item.not_before)))


def _counts_open_days(node: Struct) -> bool:
    open_offset = isinstance(node, Offset) and node.unit == "open day"
    return open_offset or isinstance(node, OpenDays) or (isinstance(node, Search) and node.open_day)


def _events(regimen: Regimen, nodes: Iterable[Struct], phases: Sequence[Phase]) -> Iterator[str]:
    """The regimen's events that something waits for."""
    yield from (phase.until for phase in phases if phase.until is not None)
    for node in nodes:
        if isinstance(node, Until):
            yield node.event
        elif isinstance(node, Ref) and node.name in regimen.events:
            yield node.name


def blinding_of(regimen: Regimen) -> Iterator[str]:
    """Who may not know what; of a rater, that no treatment is shown."""
    who = {audience: regimen.blinding.of(audience) for audience in get_args(Audience)}
    for audience, hidden in who.items():
        if audience == "rater" and hidden is not None:
            yield "The rater sees no treatment."
        elif hidden is not None:
            yield f"The {audience} may not know the {hidden}: schedules and calendars for the {audience} do not show it."


def _names(names: Iterable[str]) -> str:
    """Names in a row, each once."""
    return listed(dict.fromkeys(names))


def _once(items: Iterable[Item]) -> tuple[Item, ...]:
    """Each item once, in order, though several arms share it."""
    return tuple(dict.fromkeys(items))
