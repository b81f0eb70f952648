"""An entry of the oracle -> what is told after it, bound to an occurrence of what stood before it, or what the rules refuse."""

from copy import deepcopy
from datetime import date

from tests.record.oracle import Cycles, Fact, RefuseError, Regimen, Repeat, Row, Said, Stretch, Told, UndecidedError, Weekly, dose_on

FACTS = {"given": "given", "done": "given", "not-given": "missed", "not-done": "missed", "moved": "moved", "remembered": "taken"}


def tell(regimen: Regimen, before: Told, said: Said) -> Told:
    """What is told after one more entry; it is the plan that the entries before it left that an entry speaks of."""
    told = deepcopy(before)
    if said.verb in FACTS:
        bind(regimen, told, said)
    elif said.verb == "delayed":
        delay(regimen, told, said)
    elif said.verb == "held":
        if any(hold.last is None or hold.last >= said.on for hold in told.holds):
            raise UndecidedError("held again before the end of a hold")
        told.holds.append(Stretch(said.on, said.through))
    elif said.verb == "resumed":
        resume(told, said)
    elif said.verb == "stopped":
        if told.stopped is not None:
            raise UndecidedError("stopped twice")
        told.stopped = said.on
    elif said.verb == "adjusted":
        told.doses.append(Stretch(said.on, said.through, said.dose))
    elif said.verb == "closed":
        told.closed.append(Stretch(said.on, said.through or said.on))
    elif said.verb == "new-days":
        if any(max(fact.due, fact.said) >= said.on for fact in told.facts.values()):
            raise UndecidedError("new days for what was recorded already")
        told.days.append(said)
    one_a_day(regimen, told)
    return told


def named(told: Told, rows: list[Row], name: str, day: date) -> Row:
    """The occurrence that stands on a day, else the one that is due on it."""
    mine = [row for row in rows if row.name == name]
    found = [row for row in mine if row.stands == day] or [row for row in mine if row.due == day]
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
    kind, on = FACTS[said.verb], said.on
    if row.state == "skipped":
        raise UndecidedError("an entry about what was left out")
    older = told.facts.get(row.key)
    if kind == "missed" and older is not None:
        raise UndecidedError("remembered or moved, and not given all the same")
    if kind == "taken" and row.state == "done" and older is not None and older.on > said.on:
        raise UndecidedError("remembered before it was given, written after it")
    if older is not None and said.on < older.said:
        if kind == "moved":
            raise UndecidedError("moved again on a later day")
        raise RefuseError("said of a later day before")
    if row.state == "done" or (row.state == "missed" and kind not in {"given", "taken"}):
        raise RefuseError("said before")
    if kind != "given" and row.state == "stopped":
        raise RefuseError("it was stopped")
    if kind != "given" and row.state == "held":
        raise UndecidedError("an entry about what is held")
    if kind == "moved":
        if said.to is None or said.to < said.on:
            raise RefuseError("moved to the past")
        if row.state == "missed":
            raise UndecidedError("moved, but not given")
        on = said.to
    if kind == "taken":
        if said.on < row.due:
            raise RefuseError("remembered before it was missed")
        assert isinstance(regimen, Weekly)
        kind = "taken" if regimen.takes(told, row.key, said) else "skipped"
    if kind == "given" and older is not None and older.at is not None and said.at is None:
        raise UndecidedError("given without a time, after it was remembered at one")
    plan = regimen.plan
    dose = said.dose or (dose_on(told, on, plan) if isinstance(regimen, Repeat) else plan)
    told.facts[row.key] = Fact(kind, on, row.due, said.on, dose, said.at)


def resume(told: Told, said: Said) -> None:
    """Given again from a day on: the hold ends the day before."""
    held = [hold for hold in told.holds if hold.last is None]
    if not held:
        if told.holds:
            raise UndecidedError("resumed before the last day of a hold, or after it")
        raise RefuseError("nothing is held")
    if said.on <= held[0].first:
        raise UndecidedError("resumed before it was held")
    told.holds.remove(held[0])
    told.holds.append(Stretch(held[0].first, date.fromordinal(said.on.toordinal() - 1)))


def delay(regimen: Regimen, told: Told, said: Said) -> None:
    """A cycle starts later: not one of which a dose was given, nor earlier than planned, nor behind the next one of the plan."""
    assert isinstance(regimen, Cycles)
    assert said.to is not None
    planned = {cycle: (day, start, waits) for cycle, day, start, _, waits in regimen.starts(told)}
    if regimen.begun(told, said.cycle) or said.cycle not in planned or said.to < planned[said.cycle][1]:
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
        if row.name != "it" or {row.state, other.state} == {"done"}:
            raise UndecidedError("both were given, or both are tests")
        raise RefuseError("two on one day")
