"""An entry of the oracle -> what is told after it, bound to an occurrence of what stood before it, or what the rules refuse."""

from copy import deepcopy
from datetime import date

from tests.record.oracle import DAY, Fact, RefuseError, Regimen, Repeat, Row, Said, Stretch, Told, UndecidedError, dose_on
from tests.record.oracle_cycles import Cycles
from tests.record.oracle_weekly import Weekly

FACTS = {"given": "given", "done": "given", "not-given": "missed", "not-done": "missed", "moved": "moved", "remembered": "taken"}


def tell(regimen: Regimen, before: Told, said: Said) -> Told:
    """What is told after one more entry; it is the plan that the entries before it left that an entry speaks of."""
    told = deepcopy(before)
    if said.verb in FACTS:
        bind(regimen, told, said)
    elif said.verb == "delayed":
        delay(regimen, told, said)
    else:
        SIMPLE[said.verb](told, said)
    one_a_day(regimen, told)
    return told


def hold(told: Told, said: Said) -> None:
    open_ended = said.through is None
    if any(hold.last is None or ((hold.resumed or open_ended) and hold.last >= said.on) for hold in told.holds):
        raise UndecidedError("held again before it was resumed")
    told.holds.append(Stretch(said.on, said.through))


def stop(told: Told, said: Said) -> None:
    if told.stopped is not None:
        raise UndecidedError("stopped twice")
    told.stopped = said.on


def adjust(told: Told, said: Said) -> None:
    told.doses.append(Stretch(said.on, said.through, said.dose))


def close(told: Told, said: Said) -> None:
    told.closed.append(Stretch(said.on, said.through or said.on))


def change_days(told: Told, said: Said) -> None:
    if any(max(fact.due, fact.said) >= said.on for fact in told.facts.values()):
        raise UndecidedError("new days for what was recorded already")
    told.days.append(said)


def named(told: Told, rows: list[Row], name: str, day: date) -> Row:
    """The occurrence that stands on a day or is due on it."""
    mine = [row for row in rows if row.name == name]
    found = [row for row in mine if day in {row.stands, row.due}]
    if len(found) > 1:
        raise UndecidedError("two of one day")
    if not found and (told.holds or told.closed or told.stopped):
        raise UndecidedError("the day on which it would be without its hold or closure")
    if not found:
        raise RefuseError("nothing is due on that day")
    return found[0]


def bind(regimen: Regimen, told: Told, said: Said) -> None:
    """Given, not given, moved or remembered."""
    row = named(told, regimen.lay(told), said.name, said.due or said.on)
    kind, on = FACTS[said.verb], said.to if said.verb == "moved" else said.on
    older = told.facts.get(row.key)
    may_be_said(kind, said, row, older)
    if kind == "taken":
        assert isinstance(regimen, Weekly)
        kind = remember(regimen, told, row, said)
    if kind == "given" and older is not None and older.at is not None and said.at is None:
        raise UndecidedError("given without a time, after it was remembered at one")
    assert on is not None
    dose = said.dose or (dose_on(told, on, regimen.plan) if isinstance(regimen, Repeat) else regimen.plan)
    told.facts[row.key] = Fact(kind, on, row.due, said.on, len(told.holds), dose, said.at)


def may_be_said(kind: str, said: Said, row: Row, older: Fact | None) -> None:
    """Whether this may be said of an occurrence, after what was said of it before."""
    undecided = {
        "an entry about what was left out": row.state == "skipped",
        "remembered or moved, and not given all the same": kind == "missed" and older is not None and row.state != "missed",
        "remembered, written after it was given": kind == "taken" and row.state == "done" and older is not None and older.on > said.on,
        "moved again on a later day": kind in {"moved", "taken"} and older is not None and said.on < older.said,
        "an entry about what is held": kind != "given" and row.state == "held",
        "moved, but not given": kind == "moved" and row.state == "missed",
    }
    refused = {
        "said of a later day before": older is not None and said.on < older.said,
        "said before": row.state == "done" or (row.state == "missed" and kind not in {"given", "taken"}),
        "it was stopped": kind != "given" and row.state == "stopped",
        "moved to the past": kind == "moved" and said.to is not None and said.to < said.on,
        "remembered before it was missed": kind == "taken" and said.on < row.due,
    }
    for reason in (reason for reason, holds in undecided.items() if holds):
        raise UndecidedError(reason)
    for reason in (reason for reason, holds in refused.items() if holds):
        raise RefuseError(reason)


def remember(regimen: Weekly, told: Told, row: Row, said: Said) -> str:
    """Whether a remembered dose is taken or skipped."""
    moment = regimen.moment(said.on, said.at)
    near = [other for other in regimen.lay(told) if other.state == "done" and other.stands is not None]
    if any(abs(regimen.moment(other.stands or other.due, other.at) - moment) < 2 * DAY for other in near):
        raise UndecidedError("remembered less than 48 hours from a dose that was given")
    return "taken" if regimen.takes(told, row.key, said) else "skipped"


def resume(told: Told, said: Said) -> None:
    """Given again from a day on: the hold ends the day before."""
    held = [hold for hold in told.holds if hold.last is None]
    if not held:
        if told.holds:
            raise UndecidedError("resumed before the last day of a hold, or after it")
        raise RefuseError("nothing is held")
    if said.on <= held[0].first:
        raise UndecidedError("resumed before it was held")
    told.holds[told.holds.index(held[0])] = Stretch(held[0].first, said.on - DAY, resumed=True)


def delay(regimen: Regimen, told: Told, said: Said) -> None:
    """A cycle starts later: not one of which a dose was given, nor earlier than planned, nor behind the next one of the plan."""
    assert isinstance(regimen, Cycles)
    assert said.to is not None
    planned = {cycle: (day, start, waits) for cycle, day, start, _, waits in regimen.starts(told)}
    if regimen.given(told, said.cycle) or said.cycle not in planned or said.to < planned[said.cycle][1]:
        raise RefuseError("no delay")
    if any(older.on > said.on for older in told.delays if older.cycle == said.cycle):
        raise UndecidedError("delayed again on a later day")
    if said.to == planned[said.cycle][1] or planned[said.cycle][2]:
        raise UndecidedError("delayed by nothing, or while it waits without end")
    following = planned.get(said.cycle + 1)
    if not regimen.actual and following is not None and said.to >= following[1]:
        raise RefuseError("behind the next cycle")
    told.delays.append(said)


def one_a_day(regimen: Regimen, told: Told) -> None:
    """Two doses of one day are refused while one of them is still planned."""
    seen: dict[tuple[str, date], Row] = {}
    for row in regimen.lay(told):
        if row.stands is None:
            continue
        other = seen.setdefault((row.name, row.stands), row)
        if other is row:
            continue
        if isinstance(regimen, Weekly) or row.name != "it" or {row.state, other.state} == {"done"}:
            raise UndecidedError("both were given, or both are tests")
        raise RefuseError("two on one day")


SIMPLE = {"held": hold, "resumed": resume, "stopped": stop, "adjusted": adjust, "closed": close, "new-days": change_days}
