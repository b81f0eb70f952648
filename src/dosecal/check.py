"""Regimen -> diagnostics: what is wrong with a protocol's definition before any participant is there. One rule, one function, one name."""

from collections import ChainMap
from collections.abc import Callable, Iterator, MutableMapping
from decimal import Decimal
from itertools import product
from typing import Final

from msgspec import Struct

from dosecal.blinding import blinded_audiences, hidden_items_share_names, what_tells_arms_apart
from dosecal.diagnostic import Diagnostic, Path, Refused
from dosecal.dose import UNITS, Amount, number_in_source
from dosecal.outline import ArmCount, arms_or_none, count_of, reference_roster, reference_schedule
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Every, Mark, Numbers, Offset, On, Quantity, Span, Weekly
from dosecal.phrases.walk import nodes_of
from dosecal.regimen import NOBODY_BLINDED, SECTIONS, Item, Phase, PlacedItem, Regimen
from dosecal.schedule import Schedule


class Checked(Struct, frozen=True):
    """What was found, and the counts of each arm (empty once there is an error)."""

    diagnostics: tuple[Diagnostic, ...]
    counts: tuple[ArmCount, ...] = ()

    @property
    def good(self) -> bool:
        return not any(one.severity == "error" for one in self.diagnostics)


MOST_EVENTS: Final = 100_000
"""How many events are laid out to check a regimen: no trial has a tenth of it, and more would take its time."""


def check(regimen: Regimen) -> Checked:
    """Everything that is wrong with a regimen: by rule, then by laying out each arm for a reference participant."""
    found = [diagnostic for rule in RULES for diagnostic in rule(regimen)]
    if any(one.severity == "error" for one in found):
        return Checked(tuple(_once(found)))
    counts: list[ArmCount] = []
    by_arm: dict[str, Schedule] = {}
    for arm in arms_or_none(regimen):
        try:
            schedule = reference_schedule(regimen, arm)
            counts.append(count_of(schedule))
            if arm is not None and regimen.blinding != NOBODY_BLINDED:
                by_arm[arm.name] = schedule
        except Refused as refused:
            found += refused.diagnostics
        if sum(count.events for count in counts) > MOST_EVENTS:
            message = f"the arms of this regimen have more than {MOST_EVENTS:,} events in all"
            found.append(Diagnostic("too-many", message, "check the numbers and the units of its repeats", path=("arms",)))
            break
    try:
        for _ in reference_roster(regimen):
            pass
    except Refused as refused:
        found += refused.diagnostics
    if by_arm and len(by_arm) == len(regimen.arms):
        named_apart = tuple(hidden_items_share_names(regimen, by_arm))
        found += named_apart or what_tells_arms_apart(regimen, by_arm, blinded_audiences(regimen))
    checked = Checked(tuple(_once(found)), tuple(counts))
    return checked if checked.good else Checked(checked.diagnostics)


def _once(found: list[Diagnostic]) -> Iterator[Diagnostic]:
    """Each diagnostic once, though several arms share an item."""
    return iter(dict.fromkeys(found))


def every_item(regimen: Regimen) -> Iterator[PlacedItem]:
    """Every item of the file once, those in phases included, with its path."""
    holders: list[tuple[Path, tuple[Item, ...]]] = [((), regimen.items)]
    holders += [(("phases", phase.name), phase.items) for phase in regimen.phases]
    for arm in regimen.arms:
        holders.append((("arms", arm.name), arm.items))
        holders += [(("arms", arm.name, "phases", phase.name), phase.items) for phase in arm.phases]
    for path, items in holders:
        for item in items:
            yield PlacedItem(item, (*path, item.section, item.name))


# -- rules


def months_are_defined(regimen: Regimen) -> Iterator[Diagnostic]:
    """A phrase that uses months needs `months`: a calendar month and 28 days differ by up to three days each."""
    if regimen.months is not None:
        return
    for path, phrase in every_phrase(regimen):
        if any(isinstance(node, Mark | Numbers | Offset | Span) and node.unit == "month" for node in nodes_of(phrase)):
            message = "this counts in months, and the file does not say what a month is"
            yield Diagnostic("months", message, "add `months: calendar` (or `28 days`, `30 days`) at the top of the file", path=path)
            return


def every_phrase(regimen: Regimen) -> Iterator[tuple[Path, object]]:
    """Every phrase that items and phases hold, with the path to it."""
    for one in every_item(regimen):
        for field in one.item.__struct_fields__:
            value = getattr(one.item, field)
            path = (*one.path, field.rstrip("_").replace("_", "-"))
            yield from (((*path, number), part) for number, part in enumerate(value)) if isinstance(value, tuple) else ((path, value),)
    for path, phase in _every_phase(regimen):
        yield from (((*path, "lasts"), phase.lasts), ((*path, "cycle"), phase.cycle), ((*path, "starts"), phase.starts))


def _every_phase(regimen: Regimen) -> Iterator[tuple[Path, Phase]]:
    """Every phase of the file once, with its path."""
    owners: list[tuple[Path, tuple[Phase, ...]]] = [((), regimen.phases), *(((("arms", arm.name)), arm.phases) for arm in regimen.arms)]
    for owner, phases in owners:
        yield from (((*owner, "phases", phase.name), phase) for phase in phases)


def repeats_have_an_end(regimen: Regimen) -> Iterator[Diagnostic]:
    """A repeat outside phases needs an end."""
    for one in every_item(regimen):
        if "phases" in one.path:
            continue
        for number, when in enumerate(one.item.when):
            counted = isinstance(when, Every) and (when.times is not None or when.at_most is not None)
            if isinstance(when, Every | Weekly) and when.end is None and not counted:
                message = f"`{spell(when)}` never ends"
                mend = "add `for 24 months`, `through month 24`, `12 times` or `until` an event"
                yield Diagnostic("no-end", message, mend, path=(*one.path, "when", number))


def counting_is_said(regimen: Regimen) -> Iterator[Diagnostic]:
    """A dose that repeats at more than one day's distance, and a cycle, say whether a late one moves the following ones."""
    for path, phase in _every_phase(regimen):
        if phase.cycle is not None and phase.cycle.count_from is None:
            message = f"whether a delayed cycle of `{phase.name}` moves the later ones is not said"
            mend = "add `count-from: actual` (they move with it) or `count-from: plan` (they stay)"
            yield Diagnostic("count-from", message, mend, path=(*path, "cycle"))
    for one in every_item(regimen):
        if one.item.section != "doses" or one.item.count_from is not None:
            continue
        for number, when in enumerate(one.item.when):
            if isinstance(when, Every) and isinstance(when.step, Span) and (when.step.unit != "day" or when.step.count > 1):
                message = f"whether a late dose of `{one.item.name}` moves the following ones is not said"
                mend = "add `count-from: plan` (they stay) or `count-from: actual` (they are counted from the dose given)"
                yield Diagnostic("count-from", message, mend, path=(*one.path, "when", number))
                break


def names_are_unique(regimen: Regimen) -> Iterator[Diagnostic]:
    """A name stands once among the items of one arm outside phases, and once in each phase, so that references and keys are plain."""
    shared = [PlacedItem(item, (item.section, item.name)) for item in regimen.items]
    first_of: dict[str, PlacedItem] = {}
    yield from _named_twice(shared, first_of)
    for arm in regimen.arms:
        own = [PlacedItem(item, ("arms", arm.name, item.section, item.name)) for item in arm.items]
        yield from _named_twice(own, ChainMap({}, first_of))
    in_phases: dict[Path, list[PlacedItem]] = {}
    for one in every_item(regimen):
        if "phases" in one.path:
            in_phases.setdefault(one.path[:-2], []).append(one)
    for placed in in_phases.values():
        yield from _named_twice(placed, {})


def _named_twice(placed: list[PlacedItem], first_of: MutableMapping[str, PlacedItem]) -> Iterator[Diagnostic]:
    """The items whose name is already in `first_of`, which receives the others."""
    for one in placed:
        other = first_of.setdefault(one.item.name, one)
        if other is not one:
            message = f"two items of one arm are called `{one.item.name}`: one in `{other.item.section}`, one in `{one.item.section}`"
            yield Diagnostic("same-name", message, "give one of them another name", path=one.path)


def phases_stand_in_one_place(regimen: Regimen) -> Iterator[Diagnostic]:
    """`phases` stand at top level or in every arm, not both."""
    having = [arm.name for arm in regimen.arms if arm.phases]
    if having and (regimen.phases or len(having) < len(regimen.arms)):
        message = "`phases` stand at top level or in every arm, not both"
        yield Diagnostic("phases", message, "move them to one place", path=("arms", having[0], "phases"))


def phases_before_day_1_have_a_length(regimen: Regimen) -> Iterator[Diagnostic]:
    """Phases before the one that Study Day 1 begins are laid backwards from it, so each says how long it lasts."""
    for path, phases in ((("phases",), regimen.phases), *((("arms", arm.name, "phases"), arm.phases) for arm in regimen.arms)):
        anchor = next((number for number, phase in enumerate(phases) if phase.day_1_here), 0)
        for phase in phases[:anchor]:
            if phase.lasts is None:
                message = f"`{phase.name}` comes before Study Day 1 and does not say how long it lasts"
                yield Diagnostic("phase-length", message, "add `lasts: 14 days`, say", path=(*path, phase.name))
        for phase in phases[: anchor + 1]:
            if phase.starts is not None:
                message = f"`{phase.name}` starts where Study Day 1 puts it, so `starts` has no use"
                mend = "leave `starts` out, or mark another phase `day-1: here`"
                yield Diagnostic("phase-start", message, mend, path=(*path, phase.name, "starts"))


def named_cycles_take_place(regimen: Regimen) -> Iterator[Diagnostic]:
    """A phrase that names cycles names some that its phase has."""
    phases = [*regimen.phases, *(phase for arm in regimen.arms for phase in arm.phases)]
    counts = {id(item): phase.cycle.count for phase in phases if phase.cycle is not None for item in phase.items}
    for one in every_item(regimen):
        count = counts.get(id(one.item))
        for number, when in enumerate(one.item.when):
            if count is not None and isinstance(when, On) and when.cycles is not None and when.cycles.first > count:
                message = f"`{spell(when.cycles)}` never comes: the phase has {count} cycle{'' if count == 1 else 's'}"
                path = (*one.path, "when", number)
                yield Diagnostic("cycles", message, "name a cycle that the phase has", path=path, part=spell(when.cycles))


def weekdays_have_a_use(regimen: Regimen) -> Iterator[Diagnostic]:
    """`days` belongs to `n times weekly`."""
    for one in every_item(regimen):
        if one.item.days is not None and not any(isinstance(when, Weekly) for when in one.item.when):
            message = "`days` is only for an item given `n times weekly`"
            yield Diagnostic("days", message, "write `every Mon Wed Fri`, or leave it out", path=(*one.path, "days"))


def ranges_have_no_length(regimen: Regimen) -> Iterator[Diagnostic]:
    """A range of days is a course already; `for` would give it a second length."""
    for one in every_item(regimen):
        for number, when in enumerate(one.item.when):
            if (
                isinstance(when, On)
                and when.span is not None
                and isinstance(when.base, Numbers)
                and any(run.first < run.last for run in when.base.runs)
            ):
                message = f"`{spell(when)}` gives a course two lengths"
                yield Diagnostic("two-lengths", message, "write the range alone, or one day with `for`", path=(*one.path, "when", number))


_JUMP: Final = Decimal(1000)
_JUMP_OF_UNITS: Final = Decimal(100)


def levels_are_near(regimen: Regimen) -> Iterator[Diagnostic]:
    """Two amounts of one item a thousandfold apart, or a hundredfold in different units, are a slip of mg and mcg (ISMP)."""
    for one in every_item(regimen):
        lightest: dict[str, Amount] = {}
        heaviest: dict[str, Amount] = {}
        for amount in _amounts(one.item):
            if _mass(amount):
                lightest[amount.unit] = min(lightest.get(amount.unit, amount), amount, key=_mass)
                heaviest[amount.unit] = max(heaviest.get(amount.unit, amount), amount, key=_mass)
        far = next((pair for pair in product(lightest.values(), heaviest.values()) if _far_apart(*pair)), None)
        if far is not None:
            message = f"`{one.item.name}` is given as {_said(far[0])} and as {_said(far[1])}, which lie far apart"
            yield Diagnostic("thousandfold", message, "check the numbers and the units: mg or mcg", path=(*one.path, "give"))


def _far_apart(light: Amount, heavy: Amount) -> bool:
    ratio = _mass(heavy) / _mass(light)
    return ratio >= _JUMP or (ratio >= _JUMP_OF_UNITS and light.unit != heavy.unit)


def _amounts(item: Item) -> Iterator[Amount]:
    for step in item.give:
        if isinstance(step.value, Quantity):
            for value in step.value.amounts:
                if value is not None:
                    yield Amount(value, step.value.unit)
    yield from item.levels


def _mass(amount: Amount) -> Decimal:
    return amount.value * (UNITS[amount.unit].mass or Decimal(0))


def _said(amount: Amount) -> str:
    return f"{number_in_source(amount.value)} {amount.unit}"


def titles_are_discreet(regimen: Regimen) -> Iterator[Diagnostic]:
    """A participant's wording that names the item, the study or an arm would stand in their calendar for all to see."""
    for one in every_item(regimen):
        title = (one.item.title or "").casefold()
        telling = [one.item.name] if SECTIONS[one.item.section].kind == "dose" else []
        telling += [regimen.study, *(arm.name for arm in regimen.arms)]
        shown = next((name for name in telling if title and name.casefold() in title), None)
        if shown is not None:
            message = f"the participant's wording names `{shown}`, and calendars are seen by others"
            yield Diagnostic(
                "telling-title", message, "word it so that it names no drug, study or arm", severity="warning", path=(*one.path, "title")
            )


RULES: Final[tuple[Callable[[Regimen], Iterator[Diagnostic]], ...]] = (
    months_are_defined,
    repeats_have_an_end,
    counting_is_said,
    names_are_unique,
    phases_stand_in_one_place,
    phases_before_day_1_have_a_length,
    named_cycles_take_place,
    weekdays_have_a_use,
    ranges_have_no_length,
    levels_are_near,
    titles_are_discreet,
)
