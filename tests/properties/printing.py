"""A regimen printed as the text of its file, every phrase by the one spelling, to be read back."""

from collections.abc import Iterator

from msgspec import Struct

from dosecal.phrases.spell import spell
from dosecal.regimen import SECTIONS, Arm, CohortPlan, Item, Phase, Regimen, Step
from dosecal.study_time import MonthRule


def printed(regimen: Regimen) -> str:
    """The file of a regimen: what is read from it equals `regimen`."""
    return "".join(f"{line}\n" for line in _regimen(regimen))


def _regimen(regimen: Regimen) -> Iterator[str]:
    yield from ("format: dosecal/1", f"study: {quoted(regimen.study)}", f"source: {quoted(regimen.source)}")
    if regimen.title is not None:
        yield f"title: {quoted(regimen.title)}"
    if regimen.months is not None:
        yield f"months: {_months(regimen.months)}"
    for key, names in (("events", regimen.events), ("flags", regimen.flags)):
        if names:
            yield f"{key}: [{', '.join(map(quoted, names))}]"
    yield from _named("arms", regimen.arms, _arm)
    yield from _items(regimen.items)
    yield from _named("phases", regimen.phases, _phase)
    if regimen.tables:
        yield "tables:"
        for table in regimen.tables:
            yield f"  {quoted(table.name)}: {_steps(table.rows)}"
    yield from _named("cohort-plans", regimen.cohort_plans, _plan)


def _months(rule: MonthRule) -> str:
    return f"{rule.days} days" if rule.days is not None else "calendar"


def _named(key, parts, lines) -> Iterator[str]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    if parts:
        yield f"{key}:"
    for part in parts:
        yield f"  {quoted(part.name)}:"
        yield from (f"    {line}" for line in lines(part))


def _arm(arm: Arm) -> Iterator[str]:
    if arm.title is not None:
        yield f"title: {quoted(arm.title)}"
    yield from _items(arm.items)
    yield from _named("phases", arm.phases, _phase)


def _phase(phase: Phase) -> Iterator[str]:
    if phase.lasts is not None:
        yield f"lasts: {spell(phase.lasts)}"
    if phase.cycle is not None:
        cycle = phase.cycle
        keys = {"length": spell(cycle.length), "count": cycle.count, "count-from": cycle.count_from, "first-day": cycle.first_day or "0"}
        yield (
            "cycle: {"
            + ", ".join(f"{key}: {value}" for key, value in keys.items() if value is not None and (key, value) != ("first-day", 1))
            + "}"
        )
    if phase.starts is not None:
        yield f"starts: {quoted(spell(phase.starts))}"
    if phase.until is not None:
        yield f"until: {quoted(phase.until)}"
    if phase.day_1_here:
        yield "day-1: here"
    yield from _items(phase.items)


def _plan(plan: CohortPlan) -> Iterator[str]:
    yield "places:"
    for place in plan.places:
        keys = {"when": place.when, "at": place.at, "not-before": place.not_before}
        yield f"  {quoted(spell(place.places))}: {{{', '.join(f'{key}: {_list(value)}' for key, value in keys.items() if value)}}}"
    if plan.reviews:
        yield "reviews:"
    for review in plan.reviews:
        yield f"  {quoted(review.name)}: {{when: {_list(review.when)}}}"
    if plan.next is not None:
        yield f"next: {quoted(spell(plan.next))}"


def _items(items: tuple[Item, ...]) -> Iterator[str]:
    for section in SECTIONS:
        own = [item for item in items if item.section == section]
        if own:
            yield f"{section}:"
        for item in own:
            yield f"  {quoted(item.name)}: {{{', '.join(_keys(item))}}}"


def _keys(item: Item) -> Iterator[str]:
    for field in item.__struct_fields__:
        value = getattr(item, field)
        if field in ("section", "name") or value is None or value == ():
            continue
        yield f"{field.rstrip('_').replace('_', '-')}: {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, tuple):
        return _steps(value) if isinstance(value[0], Step) else _list(value)
    return quoted(spell(value))


def _steps(steps: tuple[Step, ...]) -> str:  # type: ignore[type-arg]
    if len(steps) == 1 and not steps[0].conditions:
        return _value(steps[0].value)
    return "{" + ", ".join(f"{quoted(spell(step.conditions))}: {_value(step.value)}" for step in steps) + "}"


def _list(values: tuple[Struct, ...]) -> str:
    return "[" + ", ".join(quoted(spell(value)) for value in values) + "]"


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
