"""What changes between two schedules -> plain data, for JSON."""

from collections.abc import Sequence

from dosecal.changes import Change
from dosecal.dose import dose_in_words
from dosecal.schedule import Event
from dosecal.write.iso import clock_iso, moment_iso


def change_data(changes: Sequence[Change]) -> list[dict[str, object]]:
    """Each change with its kind, the key and item of the occurrence, how it was and how it is (null: not there), and the days between."""
    return [
        {
            "kind": change.kind,
            "key": change.key,
            "item": change.event.item,
            "label": change.event.label,
            "before": _event(change.before),
            "after": _event(change.after),
            "days": change.days,
        }
        for change in changes
    ]


def _event(event: Event | None) -> dict[str, object] | None:
    if event is None:
        return None
    data: dict[str, object] = {"date": event.date.isoformat(), "state": event.state}
    if event.clock is not None:
        data["time"] = clock_iso(event.clock.local.time())
    if event.dose is not None:
        data["dose"] = dose_in_words(event.dose)
    if event.window is not None:
        data["window"] = {"earliest": moment_iso(event.window.earliest), "latest": moment_iso(event.window.latest)}
    return data | {"flags": list(event.flags), "reasons": list(event.reasons)}
