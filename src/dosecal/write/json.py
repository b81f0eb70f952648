"""A schedule -> JSON: one object with the events, each on a line of its own, so that two schedules can be compared line by line."""

from typing import Final

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.json import Encoder, format  # noqa: A004  (its name there)

from dosecal import __version__
from dosecal.dose import Dose, number_in_source
from dosecal.schedule import Event, Schedule, State
from dosecal.study_time import StudyDay, Window
from dosecal.write.iso import clock_iso, minutes_of, moment_iso, offset_iso


class _DoseData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A dose as data. A hidden one has no amount and no unit: a null there means a placebo."""

    amount: Raw | UnsetType | None = UNSET
    unit: str | UnsetType | None = UNSET
    route: str
    hidden: bool | UnsetType = UNSET


class _WindowData(Struct, frozen=True):
    earliest: str | None
    latest: str | None


class _EventData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event as data. A field with UNSET is absent where it does not apply; a null inside `dose` or `window` means none or open."""

    subject: str | UnsetType = UNSET
    date: str
    time: str | UnsetType = UNSET
    utc_offset: str | UnsetType = UNSET
    kind: str
    label: str
    dose: _DoseData | UnsetType = UNSET
    product: str | UnsetType = UNSET
    duration_min: int | float | UnsetType = UNSET
    window: _WindowData | UnsetType = UNSET
    flags: tuple[str, ...]
    study_day: StudyDay
    month: int | UnsetType = UNSET
    phase: str | UnsetType = UNSET
    cycle: int | UnsetType = UNSET
    key: str
    item: str
    nominal_date: str
    due_date: str
    state: State
    reasons: tuple[str, ...]


class _Head(Struct, frozen=True, kw_only=True):
    """What stands before the events. A participant, arm or zone that is unknown, or not for the audience, is null; a study then empty."""

    dosecal: str
    study: str
    participant: str | None
    arm: str | None
    day_1: str
    timezone: str | None
    zone_data: str | None
    holidays: str | None


_ENCODER: Final = Encoder()


def write(schedule: Schedule, *, fold: bool = False) -> str:
    """The schedule as JSON text, ending in one newline. Raises ValueError for `fold`: data holds every event."""
    if fold:
        raise ValueError("json holds every event and cannot fold")
    zone = schedule.zone
    head = _line(
        _Head(
            dosecal=__version__,
            study=schedule.study,
            participant=schedule.participant,
            arm=schedule.arm,
            day_1=schedule.day_1.isoformat(),
            timezone=zone.name if zone else None,
            zone_data=zone.data_version if zone else None,
            holidays=schedule.holidays,
        )
    )
    events = ",\n".join(_line(_event_data(event)) for event in schedule.events)
    return head.removesuffix("}") + ', "events": [\n' + (events and f"{events}\n") + "]}\n"


def _line(data: Struct) -> str:
    """One object on one line, with a space after each comma and colon."""
    return format(_ENCODER.encode(data), indent=0).decode()


def _event_data(event: Event) -> _EventData:
    clock = event.clock
    return _EventData(
        subject=UNSET if event.subject is None else event.subject,
        date=event.date.isoformat(),
        time=clock_iso(clock.local.time()) if clock else UNSET,
        utc_offset=offset_iso(clock.utc_offset) if clock else UNSET,
        kind=event.kind,
        label=event.label,
        dose=_dose_data(event.dose) if event.dose and event.dose.shown != "nothing" else UNSET,
        product=UNSET if event.product is None else event.product,
        duration_min=UNSET if event.lasts is None else minutes_of(event.lasts),
        window=_window_data(event.window) if event.window else UNSET,
        flags=event.flags,
        study_day=event.study_day,
        month=UNSET if event.month is None else event.month,
        phase=UNSET if event.phase is None else event.phase,
        cycle=UNSET if event.cycle is None else event.cycle,
        key=event.key,
        item=event.item,
        nominal_date=event.nominal_date.isoformat(),
        due_date=event.due_date.isoformat(),
        state=event.state,
        reasons=event.reasons,
    )


def _dose_data(dose: Dose) -> _DoseData:
    """The amount as a JSON number made of the decimal's own digits: it never passes through a float."""
    if dose.shown != "all":
        return _DoseData(route=dose.route, hidden=True)
    if dose.amount is None:
        return _DoseData(amount=None, unit=None, route=dose.route)
    amount = Raw(number_in_source(dose.amount.value).encode())
    return _DoseData(amount=amount, unit=dose.amount.unit, route=dose.route)


def _window_data(window: Window) -> _WindowData:
    return _WindowData(moment_iso(window.earliest), moment_iso(window.latest))
