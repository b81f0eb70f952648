"""What an author knows of a regimen at the start -> the text of its file, with remarks that teach the keys it will need.

A remark that holds a key (`# at: 09:00`) becomes valid where its `#` is deleted; one that begins with `or:` is another value for its line.
"""

import re
from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from dosecal.phrases.amounts import parse_conditions
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Every, Give, Placebo, Quantity, Span, Weekly, When
from dosecal.phrases.words import Names, PhraseError
from dosecal.study_time import WEEKDAYS

_DAYS: Final = {"day": 1, "week": 7, "month": 28}


class BegunPhase(Struct, frozen=True, kw_only=True):
    """A phase: its length, or that of one of its cycles (`cycles`) with their number; None where neither is known."""

    name: str
    length: Span | None = None
    cycles: bool = False
    count: int | None = None

    @property
    def days(self) -> int:
        """How many days it (or a cycle) has at least; 0: not known."""
        return self.length.count * _DAYS[self.length.unit] if self.length is not None else 0


class BegunItem(Struct, frozen=True, kw_only=True):
    """A dose (with `give`) or a visit (without); `place` is its phase, or its arm where there are no phases; None: left to the template."""

    name: str
    when: When
    give: Give | None = None
    place: str | None = None


class Begun(Struct, frozen=True, kw_only=True):
    """What is known of a regimen at the start. `months` is `calendar`, `28 days` or `30 days`; `day_1` names the phase that begins it."""

    study: str
    source: str | None = None
    months: str | None = None
    arms: tuple[str, ...] = ()
    phases: tuple[BegunPhase, ...] = ()
    day_1: str | None = None
    items: tuple[BegunItem, ...] = ()


def write_template(begun: Begun) -> str:
    """The regimen file, in the language's own spelling, ending in one newline. Whether it is valid is for the reader to say."""
    home = begun.day_1 or (begun.phases[0].name if begun.phases else None)
    placed = replace(begun, day_1=home, items=tuple(_placed(one, begun, home) for one in begun.items))
    parts = [_head(placed), _arms(placed), _phases(placed), _outside(placed), _tail(placed)]
    return "\n".join("".join(f"{line}\n" for line in part) for part in map(list, parts) if part)


def _placed(item: BegunItem, begun: Begun, home: str | None) -> BegunItem:
    """The item with its place: that of Study Day 1, unless the author named one. A dose outside phases stands in every arm."""
    return item if item.place is not None or not begun.phases else replace(item, place=home)


# -- lines

_REMARKS_AT: Final = 34
_PLAIN: Final = re.compile(r"[^\W_][\w ()./,'+-]*")
"""Texts that YAML takes as they are; all others are quoted."""


def quoted(text: str) -> str:
    """A text as YAML reads it back: as it is where no sign in it has a meaning, else in double quotes (as JSON, which YAML takes)."""
    if _PLAIN.fullmatch(text) and text.isascii() and not text.endswith(" "):
        return text
    return msgspec.json.encode(text).decode()


def _line(depth: int, text: str, remark: str = "") -> str:
    """One line, `depth` levels in, with a remark in the column where remarks stand."""
    line = "  " * depth + text
    return f"{line:<{_REMARKS_AT}}  # {remark}" if remark else line


# -- parts of the file


def _head(begun: Begun) -> Iterator[str]:
    yield "# A regimen begun by dosecal. It says what the protocol says, without participants and dates."
    yield "# What stands after a # is a remark. To use a key that stands in one, delete the # and the space after it."
    yield "# After every change run dosecal validate on this file. Every key and phrase is explained in docs/language.md."
    yield "format: dosecal/1"
    yield _line(0, f"study: {quoted(begun.study)}", "short name, as it appears on schedules")
    yield _line(
        0, f"source: {quoted(begun.source or 'to be named')}", "where every number comes from, such as a protocol, its version and section"
    )
    yield _line(0, "# title: The full title of the study")
    if begun.months is not None:
        yield _line(0, f"months: {begun.months}", "what a month is")
    else:
        yield _line(0, "# months: calendar", "what a month is, once a phrase counts in months; or 28 days, 30 days")
    yield _line(0, "# events: [progression]", "what an end may wait for, as in every day until progression")


def _arms(begun: Begun) -> Iterator[str]:
    if not begun.arms:
        return
    yield "# An arm is a whole planned sequence of treatment. What stands outside the arms holds for all of them."
    yield "arms:"
    for number, arm in enumerate(begun.arms):
        yield _line(1, f"{quoted(arm)}:")
        yield _line(2, f"title: {quoted(arm)}", "the arm in words" if number == 0 else "")
        own = [item for item in begun.items if _in_arm(item, arm, begun)]
        yield from _items(own, begun, None, 2, teach=number == 0)
        if number == 0 and not begun.phases and not _doses(begun):
            yield from _example_dose(2, "every day for 28 days")


def _in_arm(item: BegunItem, arm: str, begun: Begun) -> bool:
    return not begun.phases and (item.place == arm or (item.place is None and item.give is not None))


def _phases(begun: Begun) -> Iterator[str]:
    if not begun.phases:
        return
    yield "# In the order of time. Each phase counts its own days, and begins on the day after the one before it ends."
    yield "phases:"
    for number, phase in enumerate(begun.phases):
        own = [item for item in begun.items if item.place == phase.name]
        marked = phase.name == begun.day_1 and number > 0
        if phase.length is None and not own and not marked:
            yield _line(1, f"{quoted(phase.name)}: {{}}", "open; its keys come here, in place of the braces")
            continue
        yield _line(1, f"{quoted(phase.name)}:")
        if marked:
            yield _line(2, "day-1: here", "Study Day 1 is the first day of this phase; those before it are laid backwards")
        yield from _length(phase)
        if phase.name == begun.day_1 and not _doses(begun):
            yield from _example_dose(2, "every day" if phase.length is not None else "every day for 14 days")
        elif not own:
            yield from _example_visit(2, f"{phase.name} visit", "day 1")
        yield from _items(own, begun, phase, 2, teach=phase == _first_with_items(begun))


def _first_with_items(begun: Begun) -> BegunPhase | None:
    """The phase of the first dose, whose items bear the remarks; of the first visit where there is no dose."""
    place = next((item.place for item in (*_doses(begun), *begun.items)), None)
    return next((phase for phase in begun.phases if phase.name == place), None)


def _length(phase: BegunPhase) -> Iterator[str]:
    if phase.length is None:
        yield _line(2, "# lasts: 14 days", "without it the phase stays open")
    elif not phase.cycles:
        yield _line(2, f"lasts: {spell(phase.length)}")
    else:
        yield _line(2, "cycle:", "what follows happens anew in every cycle")
        yield _line(3, f"length: {spell(phase.length)}")
        if phase.count is not None:
            yield _line(3, f"count: {phase.count}")
        else:
            yield _line(3, "# count: 6", "without it the cycles go on up to the last date asked for")
        yield _line(3, "count-from: actual", "check: a delayed cycle moves those after it; with plan it moves none")


def _outside(begun: Begun) -> Iterator[str]:
    """What stands at the top level: without phases, the visits, and the doses where there are no arms."""
    if begun.phases:
        return
    own = [item for item in begun.items if item.place is None and (item.give is None or not begun.arms)]
    if not begun.arms and not _doses(begun):
        yield from _example_dose(0, "every day for 28 days")
    yield from _items(own, begun, None, 0, teach=True)
    if not any(item.give is None for item in begun.items):
        yield from _example_visit(0, "clinic visit", "days 1 8 15")


def _tail(begun: Begun) -> Iterator[str]:
    yield "# Other sections are written likewise. They are medicines (like doses), assessments, samples, calls, procedures and labs."
    if begun.phases:
        yield "# Outside the phases days count from Study Day 1."
    yield "# labs:"
    yield "#   blood count:"
    yield "#     when: days 1 15"


def _doses(begun: Begun) -> list[BegunItem]:
    return [item for item in begun.items if item.give is not None]


# -- items


def _items(items: list[BegunItem], begun: Begun, phase: BegunPhase | None, depth: int, *, teach: bool) -> Iterator[str]:
    """The sections of these items; the first item of each has the remarks that teach."""
    doses, visits = [one for one in items if one.give is not None], [one for one in items if one.give is None]
    for section, those in (("doses", doses), ("visits", visits)):
        if those:
            yield _line(depth, f"{section}:")
        for number, item in enumerate(those):
            yield from _item(item, begun, phase, depth + 1, teach=teach and number == 0)


def _item(item: BegunItem, begun: Begun, phase: BegunPhase | None, depth: int, *, teach: bool) -> Iterator[str]:
    yield _line(depth, f"{quoted(item.name)}:")
    if item.give is not None:
        yield _line(depth + 1, f"give: {spell(item.give)}", _other_give(item.give, begun) if teach else "")
    yield _line(depth + 1, f"when: {spell(item.when)}", _other_when(spell(item.when), phase) if teach else "")
    yield from _needed(item, depth + 1)
    yield from _optional(item, depth + 1) if teach else ()


def _needed(item: BegunItem, depth: int) -> Iterator[str]:
    """What the timing of an item makes necessary, or leaves open."""
    when = item.when
    if item.give is not None and isinstance(when, Every) and isinstance(when.step, Span) and when.step != Span(1, "day"):
        yield _line(depth, "count-from: plan", "check: a late dose moves no other; with actual it moves those after it")
    if isinstance(when, Weekly):
        days = " ".join(WEEKDAYS[number * 7 // when.times] for number in range(when.times))
        yield _line(depth, f"# days: {days}", "unless the participant chooses the weekdays")


def _optional(item: BegunItem, depth: int) -> Iterator[str]:
    if item.give is None:
        yield _line(depth, "# window: ±2 days", "on which dates it is still in time")
        yield _line(depth, "# if-closed: next open day", "when the clinic is closed; without it, the visit stays")
        return
    yield _line(depth, "# at: 09:00", "or the name of a time that the participant gives, such as breakfast")
    if isinstance(item.give, Quantity) and "/" in item.give.unit:
        yield _line(
            depth, f"# round: 1 {item.give.unit.partition('/')[0].removesuffix('s')}", "the step to which a calculated dose is rounded"
        )


def _other_give(give: Give, begun: Begun) -> str:
    """Another value for `give`: by arm where there are several, else by day."""
    placebo = spell(Placebo(give.route)) if isinstance(give, Quantity) else ""
    arms = begun.arms if begun.phases else ()
    if placebo and len(arms) > 1 and all(_in_a_step(arm, arms) for arm in arms):
        steps = [f"arm {arm}: {spell(give) if number == 0 else placebo}" for number, arm in enumerate(arms)]
        return f"or: {{{', '.join(steps)}}}"
    return f"or: {{days 1-7: {spell(give)}, from day 8: {spell(give)}}}"


def _in_a_step(arm: str, arms: tuple[str, ...]) -> bool:
    """Whether a step may say `arm X` of this arm, unquoted."""
    try:
        parse_conditions(f"arm {arm}", Names(arms=frozenset(arms)))
    except PhraseError:
        return False
    return _PLAIN.fullmatch(arm) is not None and "," not in arm


def _other_when(when: str, phase: BegunPhase | None) -> str:
    """Another value for `when` that fits into the phase or cycle."""
    longer = phase is None or not phase.days or phase.days > _DAYS["week"]
    other = next(one for one in ("days 1 8" if longer else "day 1", "every day" if phase is not None else "day 1") if one != when)
    return f"or: {other}"


def _example_dose(depth: int, when: str) -> Iterator[str]:
    """An example in remarks: nothing is given that nobody asked for."""
    yield _line(depth, "# doses:")
    yield _line(depth, "#   study drug:")
    yield _line(depth, "#     give: 100 mg PO", "amount and route; a section of docs/language.md lists them")
    yield _line(depth, f"#     when: {when}")


def _example_visit(depth: int, name: str, when: str) -> Iterator[str]:
    yield _line(depth, "# visits:")
    yield _line(depth, f"#   {quoted(name)}:")
    yield _line(depth, f"#     when: {when}")
    yield _line(depth, "#     window: ±2 days", "on which dates it is still in time")
    yield _line(depth, "#     if-closed: next open day", "when the clinic is closed; without it, the visit stays")
