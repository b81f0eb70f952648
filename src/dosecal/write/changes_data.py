"""What changes between two schedules -> data for JSON, one object a change."""

from msgspec import UNSET, Raw, Struct, UnsetType

from dosecal.changes import Change, Kind
from dosecal.dose import number_in_source
from dosecal.schedule import Event, State
from dosecal.write.iso import clock_iso, minutes_of, moment_iso


class SideData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An occurrence before or after; a field that does not apply is absent. A null in `window` is an open end, `amount` null no amount."""

    state: State
    date: str
    time: str | UnsetType = UNSET
    amount: Raw | UnsetType | None = UNSET
    unit: str | UnsetType = UNSET
    route: str | UnsetType = UNSET
    duration_min: int | float | UnsetType = UNSET
    product: str | UnsetType = UNSET
    window: dict[str, str | None] | UnsetType = UNSET
    study_day: int
    flags: tuple[str, ...]
    reasons: tuple[str, ...]


class ChangeData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change; `before` or `after` is null where there is no such occurrence, `days` (later; negative: earlier) absent then."""

    change: Kind
    kind: str
    item: str
    label: str
    key: str
    phase: str | UnsetType = UNSET
    cycle: int | UnsetType = UNSET
    days: int | UnsetType = UNSET
    before: SideData | None
    after: SideData | None


def changes_data(changes: tuple[Change, ...]) -> tuple[ChangeData, ...]:
    """The changes as data, in their order, for msgspec.json: amounts are the decimal's own digits and never pass through a float."""
    return tuple(_data(change) for change in changes)


def _data(change: Change) -> ChangeData:
    event = change.event
    return ChangeData(
        change=change.kind,
        kind=event.kind,
        item=event.item,
        label=event.label,
        key=event.key,
        phase=UNSET if event.phase is None else event.phase,
        cycle=UNSET if event.cycle is None else event.cycle,
        days=UNSET if change.days is None else change.days,
        before=_side(change.before),
        after=_side(change.after),
    )


def _side(event: Event | None) -> SideData | None:
    if event is None:
        return None
    dose, window = event.dose, event.window
    amount = dose.amount if dose is not None else None
    return SideData(
        state=event.state,
        date=event.date.isoformat(),
        time=UNSET if event.clock is None else clock_iso(event.clock.local.time()),
        amount=Raw(number_in_source(amount.value).encode()) if amount is not None else UNSET if dose is None else None,
        unit=UNSET if amount is None else amount.unit,
        route=UNSET if dose is None else dose.route,
        duration_min=UNSET if event.lasts is None else minutes_of(event.lasts),
        product=UNSET if event.product is None else event.product,
        window=UNSET if window is None else {"earliest": moment_iso(window.earliest), "latest": moment_iso(window.latest)},
        study_day=event.study_day,
        flags=event.flags,
        reasons=event.reasons,
    )
