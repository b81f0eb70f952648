"""A record's entries held against the regimen before any date is known: what cannot be meant is refused at its place."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from dosecal.diagnostic import Diagnostic, nearest
from dosecal.dose import number_in_source
from dosecal.expand.doubts import far_apart
from dosecal.expand.told import Told, fault
from dosecal.participant import Participant, Site
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Auc, FromTable, Give, NamedTime, NearTime, Placebo, Quantity, Weekly, Within
from dosecal.record import (
    Adjusted,
    Closed,
    Delayed,
    DidNot,
    Entry,
    Happened,
    Held,
    Moved,
    NewDays,
    NewSite,
    NewTimes,
    Remembered,
    Resumed,
    Stopped,
    TookPlace,
    Unscheduled,
)
from dosecal.regimen import Item, Regimen, Step, items_of, phases_of

_GIVEN: Final = frozenset({"doses", "medicines"})


class Known:
    """What the entries may name: the items and phases of the participant's arm, in every version of the protocol that holds for them."""

    def __init__(self, participant: Participant, versions: Sequence[Regimen]) -> None:
        arms = [(one, one.arm(participant.arm) if participant.arm is not None else None) for one in versions]
        self.zone: Final = participant.zone
        self.items: Final = [placed.item for regimen, arm in arms for placed in items_of(regimen, arm)]
        self.phases: Final = [phase for regimen, arm in arms for phase in phases_of(regimen, arm)]
        self.events: Final = [event for regimen in versions for event in regimen.events]
        self.tables: Final = {table.name: table.rows for regimen in versions for table in regimen.tables}


def wrong_entries(told: Told, known: Known, sites: Mapping[str, Site]) -> Iterator[Diagnostic]:
    """What is wrong with the entries in force before any date is known: names, verbs, levels, holds that were never begun."""
    for entry in told.entries:
        yield from _wrong_about_item(entry, known)
        yield from _wrong_about_phase(entry, known, told)
        act = entry.act
        if isinstance(act, TookPlace | Remembered | Unscheduled) and act.at is not None and known.zone is None:
            mend = "add `timezone: America/Los_Angeles`, say, to the participant file"
            yield fault(entry, "no-zone", "a clock time needs the participant's time zone", mend, "at")
        if isinstance(act, NewTimes):
            yield from _wrong_times(entry, act.times, known)
        elif isinstance(act, Happened) and act.event not in known.events:
            mend = _mend(act.event, known.events, "its events", "it names no events: enter what ended as `stopped`")
            yield fault(entry, "unknown-name", f"the regimen has no event `{act.event}`", mend)
        elif isinstance(act, NewSite) and act.site not in sites:
            mend = f"add its file: --site FILE with `site: {act.site}` in it"
            yield fault(entry, "no-site", f"no file describes the site `{act.site}`", mend)


def _wrong_about_item(entry: Entry, known: Known) -> Iterator[Diagnostic]:
    match entry.act:
        case TookPlace(item=name) | DidNot(item=name) | Remembered(item=name) | Moved(item=name) | Closed(item=name):
            yield from _wrong_item(entry, name, known)
        case Adjusted() as act:
            yield from _wrong_item(entry, act.item, known)
            yield from _wrong_adjustment(entry, act, known)
        case NewDays(item=name):
            yield from _wrong_item(entry, name, known)
            yield from _not_weekly(entry, name, known)


def _wrong_about_phase(entry: Entry, known: Known, told: Told) -> Iterator[Diagnostic]:
    match entry.act:
        case Held(name=name) | Stopped(name=name):
            yield from _wrong_name(entry, name, known)
        case Resumed(name=name):
            yield from _wrong_name(entry, name, known)
            if not any(hold.goes_on == entry.on for hold in told.holds(name)):
                mend = "enter first, as `held`, since when it was withheld; or correct `on`"
                yield fault(entry, "not-held", f"nothing of `{name}` is held on {entry.on}", mend)
        case Delayed() as act:
            yield from _wrong_cycle(entry, act, known)


# -- names


def _wrong_item(entry: Entry, name: str, known: Known) -> Iterator[Diagnostic]:
    items = [item for item in known.items if item.name == name]
    if not items:
        names = list(dict.fromkeys(item.name for item in known.items))
        yield fault(entry, "unknown-name", f"the participant's arm has no item `{name}`", _mend(name, names, "its items"))
        return
    given = any(item.section in _GIVEN for item in items)
    verbs = {"given": "done", "not-given": "not-done"} if not given else {"done": "given", "not-done": "not-given"}
    verb = verbs.get(entry.kind)
    if verb is not None:
        what = "is given, not done" if given else "is done, not given"
        yield fault(entry, "verb", f"`{name}` {what}", f"write `{verb}: {name}`")
    if entry.kind == "remembered" and not given:
        yield fault(
            entry, "verb", f"`{name}` is no dose", "`remembered` is for a missed dose; enter `done` with `due` for what was done late"
        )


def _wrong_name(entry: Entry, name: str, known: Known) -> Iterator[Diagnostic]:
    """An item or a phase."""
    names = list(dict.fromkeys([item.name for item in known.items] + [phase.name for phase in known.phases]))
    if name not in names:
        message = f"the participant's arm has no item and no phase `{name}`"
        yield fault(entry, "unknown-name", message, _mend(name, names, "its items and phases"))


def _wrong_cycle(entry: Entry, act: Delayed, known: Known) -> Iterator[Diagnostic]:
    phase = next((phase for phase in known.phases if phase.name == act.phase), None)
    if phase is None:
        names = [one.name for one in known.phases if one.cycle is not None]
        message = f"the participant's arm has no phase `{act.phase}`"
        none = "no phase of it has cycles: enter `held`, or `moved` for single dates"
        yield fault(entry, "unknown-name", message, _mend(act.phase, names, "its phases with cycles", none))
    elif phase.cycle is None:
        yield fault(entry, "cycles", f"the phase `{act.phase}` has no cycles", "name a phase with a `cycle`, or enter `held`")
    elif phase.cycle.count is not None and act.cycle > phase.cycle.count:
        count = phase.cycle.count
        message = f"the phase `{act.phase}` has {count} cycle{'s' * (count != 1)}, and no cycle {act.cycle}"
        yield fault(entry, "cycles", message, f"number it from 1 to {count}" if count > 1 else "name cycle 1")


def _wrong_times(entry: Entry, times: Mapping[str, object], known: Known) -> Iterator[Diagnostic]:
    slots = [slot for item in known.items for step in item.at for slot in step.value]
    names = list(dict.fromkeys(slot.name for slot in slots if isinstance(slot, NamedTime | NearTime)))
    for name in times:
        if name not in names:
            mend = _mend(name, names, "its named times", "it has no named times: leave this entry out")
            yield fault(entry, "unknown-name", f"the regimen has no named time `{name}`", mend, part=name)


def _not_weekly(entry: Entry, name: str, known: Known) -> Iterator[Diagnostic]:
    items = [item for item in known.items if item.name == name]
    if items and not any(isinstance(when, Weekly) for item in items for when in item.when):
        message = f"`{name}` takes no choice of weekdays: the regimen says on which days it is given"
        yield fault(entry, "days", message, "enter `moved` for a single date")


def _mend(name: str, names: list[str], kind: str, none: str = "it has none: leave this entry out") -> str:
    """The nearest of the names; else all of them, which are `kind`; else what to do where there are `none`."""
    near = nearest(name, names)
    return f"did you mean `{near}`?" if near else f"name one of {kind}: {', '.join(names)}" if names else none


# -- adjusted doses


def _wrong_adjustment(entry: Entry, act: Adjusted, known: Known) -> Iterator[Diagnostic]:
    """Another unit than the plan's, an amount that is no level of the item, and an end that is not said where the plan has steps."""
    items = [item for item in known.items if item.name == act.item]
    if not items or act.to is None:
        return
    gives = [give for item in items for step in item.give for give in _gives(step, known)]
    if not gives:
        yield fault(entry, "verb", f"`{act.item}` is done, not given: it has no amount", "name an item that is given")
        return
    units = list(dict.fromkeys(_unit(give) for give in gives))
    unit = "AUC" if isinstance(act.to, Auc) else act.to.unit
    if any(isinstance(give, Placebo) for give in gives):
        yield fault(entry, "unit", f"`{act.item}` is a placebo, which has no amount to adjust", "enter `held` or `stopped` instead", "to")
    elif units != [unit]:
        message = f"`{act.item}` is given {_in_units(units)}, not {_in_units([unit])}"
        mend = "write it as in `AUC 5`" if units[0] == "AUC" else f"write the amount in {units[0]}"
        yield fault(entry, "unit", message, mend, "to")
    planned = [value for give in gives if isinstance(give, Quantity) for value in give.amounts if value is not None]
    if not isinstance(act.to, Auc) and units == [unit] and any(far_apart(act.to.value, value) for value in planned):
        message = f"{number_in_source(act.to.value)} {unit} lies far from what is planned, {number_in_source(planned[0])} {unit}"
        yield fault(entry, "thousandfold", message, "check the number and its unit", "to")
    levels = [level for item in items for level in item.levels]
    if levels and act.to not in levels:
        said = f"{number_in_source(act.to.value)} {act.to.unit}" if not isinstance(act.to, Auc) else spell(act.to)
        choice = ", ".join(f"{number_in_source(level.value)} {level.unit}" for level in levels)
        yield fault(entry, "level", f"{said} is no level of `{act.item}`", f"its levels are {choice}", "to")
    if act.through is None and any(_has_steps(item, known) for item in items):
        message = f"`{act.item}` is planned in steps, and how long this amount replaces them is not said"
        yield fault(entry, "no-end", message, "add `through: DATE`, the last day of the adjustment", "to")


def _gives(step: Step[Give], known: Known) -> list[Give]:
    give = step.value
    return [row.value for row in known.tables[give.name]] if isinstance(give, FromTable) else [give]


def _in_units(units: list[str]) -> str:
    return " and ".join("by AUC" if unit == "AUC" else f"in {unit}" for unit in units)


def _unit(give: Give) -> str:
    return give.unit if isinstance(give, Quantity) else "AUC"


def _has_steps(item: Item, known: Known) -> bool:
    """Whether the plan changes the amount by itself, by day, cycle or dose, or within a course."""
    rows = [row for step in item.give if isinstance(step.value, FromTable) for row in known.tables[step.value.name]]
    by_time = any(isinstance(one, Within) and one.of != "cohort" for step in (*item.give, *rows) for one in step.conditions)
    return by_time or any(isinstance(give, Quantity) and len(give.amounts) > 1 for step in item.give for give in _gives(step, known))
