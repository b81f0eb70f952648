"""A record replayed over the regimen: its entries checked, the plan laid out with them, later versions of the protocol joined on."""

from collections.abc import Mapping

from msgspec.structs import replace

from dosecal.diagnostic import Refused
from dosecal.expand.clocks import zone_of
from dosecal.expand.entries import unmatched, wrong_entries
from dosecal.expand.expansion import arm_of, schedule_of
from dosecal.expand.plan import Plan
from dosecal.expand.told import Told
from dosecal.participant import Participant, Site
from dosecal.record import Entry, Unscheduled
from dosecal.regimen import SECTIONS, Regimen
from dosecal.schedule import Event, Schedule, in_order
from dosecal.study_time import instant_at, study_day


def expand_record(
    regimen: Regimen, participant: Participant, site: Site, sites: Mapping[str, Site], amendments: Mapping[str, Regimen]
) -> Schedule:
    """As `expand`, for a participant with a record. Raises Refused."""
    arm = arm_of(regimen, participant.arm)
    told = Told(participant.record)
    moved = replace(participant, day_1=told.day_1(participant.day_1))
    plan = Plan(regimen, arm, moved, told.site(site, sites), told)
    faults = list(wrong_entries(told, plan, sites, amendments))
    if faults:
        raise Refused(faults)
    schedule = schedule_of(plan)
    faults = [*told.faults, *unmatched(told, schedule)]
    if faults:
        raise Refused(dict.fromkeys(faults))
    extra = [_unscheduled(entry, plan) for entry in told.entries if isinstance(entry.act, Unscheduled)]
    if not extra:
        return schedule
    last = participant.horizon
    return replace(schedule, events=in_order([*schedule.events, *(event for event in extra if last is None or event.date <= last)]))


def _unscheduled(entry: Entry, plan: Plan) -> Event:
    """An extra event: it moves nothing, and nothing refers to it."""
    act, participant = entry.act, plan.participant
    assert isinstance(act, Unscheduled)  # noqa: S101  (asked for by the caller)
    section = next(section for section, facts in SECTIONS.items() if facts.singular == act.kind)
    name = f"unscheduled {act.kind}"
    why = f": {entry.why}" if entry.why is not None else ""
    return Event(
        key=f"{name}/entry {entry.place}",
        section=section,
        item=name,
        nominal_date=entry.on,
        due_date=entry.on,
        date=entry.on,
        study_day=study_day(participant.day_1, entry.on),
        month=plan.setting.months.of(entry.on),
        clock=instant_at(entry.on, act.at, zone_of(participant, name).rules) if act.at is not None else None,
        flags=("unscheduled",),
        state="done",
        reasons=(f"entry {entry.number}: unscheduled{why}",),
    )
