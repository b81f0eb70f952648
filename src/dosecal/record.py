"""A participant's record: what really happened, entry by entry, in the order in which it was written; nothing is ever deleted."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from dosecal.dose import Amount
from dosecal.phrases.tree import Auc
from dosecal.study_time import NamedTimeOfDay, Weekday

Kind = Literal[
    "given", "done", "not-given", "not-done", "remembered", "moved", "delayed", "held", "resumed", "adjusted", "new-days", "new-times",
    "measured", "event", "stopped", "withdrew", "closed", "unscheduled", "day-1", "site", "amended", "void",
]  # fmt: skip


class TookPlace(Struct, frozen=True, kw_only=True):
    """`given` or `done`: an occurrence took place on the entry's date.

    `due` (None: the entry's date) and `slot` tell which occurrence; `at` is the actual clock time; `amount` what was really given.
    """

    item: str
    due: date | None = None
    slot: str | None = None
    at: time | None = None
    amount: Amount | None = None


class DidNot(Struct, frozen=True, kw_only=True):
    """`not-given` or `not-done`: the occurrence due on `due` did not take place, or all from `due` to `through`, included (EXOCCUR = N)."""

    item: str
    due: date | None = None
    through: date | None = None
    slot: str | None = None


class Remembered(Struct, frozen=True, kw_only=True):
    """A missed dose noticed on the entry's date: the item's `if-missed` decides whether it is taken that day, `at` a clock time."""

    item: str
    due: date | None = None
    slot: str | None = None
    at: time | None = None


class Moved(Struct, frozen=True, kw_only=True):
    """An appointment changed beforehand."""

    item: str
    due: date | None = None
    slot: str | None = None
    to: date


class Delayed(Struct, frozen=True, kw_only=True):
    """A cycle starts later, on `to`."""

    phase: str
    cycle: int
    to: date


class Held(Struct, frozen=True, kw_only=True):
    """An item or a phase is withheld from the entry's date through `through` (included; None: until it is resumed)."""

    name: str
    through: date | None = None


class Resumed(Struct, frozen=True, kw_only=True):
    """What was held goes on: the entry's date is the first day on which it is given again."""

    name: str


class Adjusted(Struct, frozen=True, kw_only=True):
    """Another amount for every dose standing on the entry's date or later, through `through` (included); `to` None: as planned again."""

    item: str
    to: Amount | Auc | None
    through: date | None = None


class NewDays(Struct, frozen=True, kw_only=True):
    """Other weekdays, from the entry's date, for an item that is given so many times weekly."""

    item: str
    to: tuple[Weekday, ...]


class NewTimes(Struct, frozen=True, kw_only=True):
    """Other clock times, from the entry's date, for some of the participant's named times."""

    times: Mapping[str, NamedTimeOfDay]


class Measured(Struct, frozen=True, kw_only=True):
    """A measure that holds from the entry's date."""

    measure: str
    value: Amount


class Happened(Struct, frozen=True, kw_only=True):
    """One of the regimen's `events`, on the entry's date."""

    event: str


class Stopped(Struct, frozen=True, kw_only=True):
    """An item or a phase ends: from the entry's date nothing of it is due; follow-up outside it goes on."""

    name: str


class Withdrew(Struct, frozen=True, kw_only=True):
    """The participant leaves the study: from the entry's date nothing is due, follow-up included."""


class Closed(Struct, frozen=True, kw_only=True):
    """No open day for an item from the entry's date through `through` (included; None: that day alone)."""

    item: str
    through: date | None = None


class Unscheduled(Struct, frozen=True, kw_only=True):
    """An extra event of some kind ("visit", "lab" ...) on the entry's date; it moves nothing."""

    kind: str
    at: time | None = None


class NewDay1(Struct, frozen=True, kw_only=True):
    """Study Day 1 moved or corrected."""

    to: date


class NewSite(Struct, frozen=True, kw_only=True):
    """From the entry's date the participant comes to another site."""

    site: str


class Amended(Struct, frozen=True, kw_only=True):
    """Another version of the protocol holds from the entry's date."""

    regimen: str


class Voided(Struct, frozen=True, kw_only=True):
    """Entry `number` no longer counts."""

    number: int


Act = (
    TookPlace | DidNot | Remembered | Moved | Delayed | Held | Resumed | Adjusted | NewDays | NewTimes | Measured | Happened | Stopped
    | Withdrew | Closed | Unscheduled | NewDay1 | NewSite | Amended | Voided
)  # fmt: skip


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of a record.

    `number` is its place, from 1; `on` is when it happened, `by` who says so, `why` the reason, `entered` when it was written (UTC), where
    that is known. `corrects`: the number of the earlier entry whose place this one takes. `place`, from 1, is that earlier entry's number
    for a correction, else its own: what is named after an entry keeps its name when the entry is corrected.
    """

    number: int
    kind: Kind
    on: date
    by: str
    act: Act
    why: str | None = None
    entered: datetime | None = None
    corrects: int | None = None
    place: int = 0

    @property
    def written(self) -> datetime:
        """When it was written: `entered`, else the beginning of the day on which it happened, in UTC."""
        return self.entered or datetime.combine(self.on, time.min, UTC)


Record = tuple[Entry, ...]


def as_of(record: Record, day: date) -> Record:
    """The entries that were written by the end of `day`: by `entered`, read in UTC, else by `on`."""
    return tuple(entry for entry in record if entry.written.date() <= day)


def in_force(record: Record) -> Record:
    """The entries that count: without those voided or corrected and the voids; a correction stands at the place of what it corrects.

    A voided correction brings nothing back: what it corrected stays corrected. References that lead nowhere are passed over here;
    dosecal.expand refuses them.
    """
    gone = {entry.act.number for entry in record if isinstance(entry.act, Voided)} | {
        entry.corrects for entry in record if entry.corrects is not None
    }
    places: dict[int, int] = {}
    for entry in record:
        places[entry.number] = places.get(entry.corrects, entry.corrects) if entry.corrects is not None else entry.number
    counting = [
        replace(entry, place=places[entry.number]) for entry in record if entry.number not in gone and not isinstance(entry.act, Voided)
    ]
    return tuple(sorted(counting, key=lambda entry: entry.place))
