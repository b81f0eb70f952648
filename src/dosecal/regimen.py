"""A regimen: what a protocol says that its arms receive and undergo, with no participant and no date in it."""

from collections.abc import Iterable
from typing import Final, Generic, Literal, TypeVar

from msgspec import Struct

from dosecal.diagnostic import Path
from dosecal.dose import Amount
from dosecal.phrases.tree import (
    At,
    Conditions,
    Duration,
    Gap,
    Give,
    IfClosed,
    IfMissed,
    InitiateAgain,
    OnlyIf,
    Places,
    Point,
    Ref,
    Span,
    Weekdays,
    Weekly,
    When,
    WindowPhrase,
)
from dosecal.study_time import MonthRule

Section = Literal["doses", "medicines", "labs", "visits", "assessments", "samples", "calls", "procedures"]
CountFrom = Literal["plan", "actual"]
Audience = Literal["participant", "site", "rater"]
"""Whom a calendar or schedule is for; the rater judges outcomes and never sees treatment."""
Hidden = Literal["arm", "dose", "treatment"]
"""What an audience may not know, each with what the ones before it hide: which arm; amounts, placebo and products; which treatment."""
T = TypeVar("T")


class SectionFacts(Struct, frozen=True):
    """A section's word for one of its items, the kind of its events in data, and its SDTM domain."""

    singular: str
    kind: str
    domain: str


SECTIONS: Final[dict[Section, SectionFacts]] = {
    "doses": SectionFacts("dose", "dose", "EX"),
    "medicines": SectionFacts("medicine", "dose", "CM"),
    "labs": SectionFacts("lab", "lab", "LB"),
    "visits": SectionFacts("visit", "visit", "SV"),
    "assessments": SectionFacts("assessment", "assessment", ""),
    "samples": SectionFacts("sample", "sample", "PC"),
    "calls": SectionFacts("call", "call", ""),
    "procedures": SectionFacts("procedure", "other", "PR"),
}


class Step(Struct, Generic[T], frozen=True):
    """A value and the conditions under which it applies; no conditions: always."""

    conditions: Conditions
    value: T


class Item(Struct, frozen=True, kw_only=True):
    """One thing given or done. None, or an empty tuple: the key is not in the file; the meaning of each key is in docs/language.md."""

    section: Section
    name: str
    title: str | None = None
    when: tuple[When, ...]
    give: tuple[Step[Give], ...] = ()
    product: tuple[Step[str], ...] = ()
    at: tuple[Step[tuple[At, ...]], ...] = ()
    lasts: tuple[Step[Duration], ...] = ()
    window: tuple[Step[WindowPhrase], ...] = ()
    count_from: CountFrom | None = None
    at_least: Gap | None = None
    not_before: tuple[Point, ...] = ()
    if_missed: IfMissed | None = None
    if_closed: IfClosed | None = None
    except_: Ref | None = None
    only_if: OnlyIf | None = None
    initiate_again: tuple[Step[InitiateAgain], ...] = ()
    round: Amount | None = None
    max_dose: Amount | None = None
    levels: tuple[Amount, ...] = ()
    days: Weekdays | None = None


class Cycle(Struct, frozen=True, kw_only=True):
    """A phase that repeats: `count` None runs until the phase's `until` event or the horizon."""

    length: Span
    count: int | None = None
    count_from: CountFrom | None = None
    first_day: Literal[0, 1] = 1


class Phase(Struct, frozen=True, kw_only=True):
    """A stretch of the study with its own day 1 (a CDISC element); its items count from its first day."""

    name: str
    items: tuple[Item, ...] = ()
    lasts: Span | None = None
    cycle: Cycle | None = None
    starts: Point | None = None
    until: str | None = None
    day_1_here: bool = False


class Arm(Struct, frozen=True, kw_only=True):
    """A planned sequence of treatment (CDISC ARM): its own items and phases, added to those of the whole regimen."""

    name: str
    title: str | None = None
    items: tuple[Item, ...] = ()
    phases: tuple[Phase, ...] = ()


class Table(Struct, frozen=True):
    """A named table of amounts by conditions, for `give: table NAME`."""

    name: str
    rows: tuple[Step[Give], ...]


class PlacePlan(Struct, frozen=True, kw_only=True):
    """The Day 1 and clock times of some places of a cohort."""

    places: Places
    when: tuple[When, ...]
    at: tuple[At, ...] = ()
    not_before: tuple[Point, ...] = ()


class Review(Struct, frozen=True, kw_only=True):
    """A decision meeting of a cohort plan."""

    name: str
    when: tuple[When, ...]


class CohortPlan(Struct, frozen=True, kw_only=True):
    """How cohorts follow each other: places, reviews, and the start of the next cohort."""

    name: str
    places: tuple[PlacePlan, ...]
    reviews: tuple[Review, ...] = ()
    next: Point | None = None


class Blinding(Struct, frozen=True, kw_only=True):
    """What is hidden from each audience; None: nothing is declared."""

    participant: Hidden | None = None
    site: Hidden | None = None
    rater: Hidden | None = None

    def of(self, audience: Audience) -> Hidden | None:
        """What is hidden from `audience`."""
        return {"participant": self.participant, "site": self.site, "rater": self.rater}[audience]


NOBODY_BLINDED: Final = Blinding()


class Regimen(Struct, frozen=True, kw_only=True):
    """A regimen file as data. `items` and `phases` at top level hold for every arm; `months` None: no phrase uses months."""

    study: str
    source: str
    title: str | None = None
    months: MonthRule | None = None
    events: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    arms: tuple[Arm, ...] = ()
    items: tuple[Item, ...] = ()
    phases: tuple[Phase, ...] = ()
    tables: tuple[Table, ...] = ()
    cohort_plans: tuple[CohortPlan, ...] = ()
    blinding: Blinding = NOBODY_BLINDED

    def arm(self, name: str) -> Arm | None:
        return next((arm for arm in self.arms if arm.name == name), None)


class PlacedItem(Struct, frozen=True):
    """An item as one arm has it: the path to it in the regimen file, and the phase that it stands in (None: outside phases)."""

    item: Item
    path: Path
    phase: Phase | None = None


def items_of(regimen: Regimen, arm: Arm | None) -> tuple[PlacedItem, ...]:
    """Every item that a participant of `arm` has, by section: the arm's own, then the regimen's, then those of the phases in order."""
    own: Path = ("arms", arm.name) if arm is not None else ()
    placed = [PlacedItem(item, (*own, item.section, item.name)) for item in (arm.items if arm is not None else ())]
    placed += [PlacedItem(item, (item.section, item.name)) for item in regimen.items]
    above = own if arm is not None and arm.phases else ()
    for phase in phases_of(regimen, arm):
        placed += [PlacedItem(item, (*above, "phases", phase.name, item.section, item.name), phase) for item in phase.items]
    order = {section: number for number, section in enumerate(SECTIONS)}
    return tuple(sorted(placed, key=lambda one: order[one.item.section]))


def phases_of(regimen: Regimen, arm: Arm | None) -> tuple[Phase, ...]:
    """The phases of a participant of `arm`, in order of time."""
    return arm.phases if arm is not None and arm.phases else regimen.phases


def weekly_items(regimen: Regimen, arms: Iterable[Arm | None]) -> tuple[str, ...]:
    """The names of the items of some arms that are given on weekdays of the participant's choice, each once."""
    items = (placed.item for arm in arms for placed in items_of(regimen, arm))
    return tuple(dict.fromkeys(item.name for item in items if any(isinstance(when, Weekly) for when in item.when)))
