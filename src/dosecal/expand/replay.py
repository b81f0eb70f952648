"""A record replayed over the regimen: its entries checked, the plan laid out with them, later versions of the protocol joined on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.amended import Settled
from dosecal.expand.bound import Bindings, bind
from dosecal.expand.clocks import zone_of
from dosecal.expand.entries import Known, wrong_entries
from dosecal.expand.expansion import arm_of, schedule_of
from dosecal.expand.plan import Plan
from dosecal.expand.told import Told, fault
from dosecal.participant import Participant, Site
from dosecal.record import Amended, Entry, Unscheduled
from dosecal.regimen import SECTIONS, Regimen
from dosecal.schedule import STANDS, Event, Schedule, in_order
from dosecal.study_time import instant_at, study_day


def expand_record(  # noqa: PLR0917  (what `expand` is given)
    regimen: Regimen, participant: Participant, site: Site, sites: Mapping[str, Site], amendments: Mapping[str, Regimen], known: Bindings
) -> Schedule:
    """As `expand`, for a participant with a record. Raises Refused."""
    told = Told(participant.record)
    versions = _Versions(regimen, participant, told, site, sites, amendments)
    _refuse([*wrong_entries(told, Known(participant, [regimen, *amendments.values()]), sites), *versions.wrong()])
    binding = bind(told, participant, lambda entries, bound: versions.plan(Told(participant.record, entries, bound), meanwhile=True), known)
    _refuse([*binding.faults])
    plan = versions.plan(Told(participant.record, told.entries, binding.bound))
    with _version(versions.last):
        schedule = replace(schedule_of(plan), study=regimen.study)  # the study stays, whatever a later version calls it: calendars know it
    if versions.last:
        schedule = replace(schedule, notes=tuple(replace(note, path=("amended", versions.last, *note.path)) for note in schedule.notes))
    assert plan.told is not None  # noqa: S101  (made with one)
    return _finished(schedule, plan, plan.told)


class _Versions:
    """The versions of the protocol that hold for one participant, one after another."""

    def __init__(  # noqa: PLR0917  (what `expand` is given, and the record)
        self, regimen: Regimen, participant: Participant, told: Told, site: Site, sites: Mapping[str, Site], later: Mapping[str, Regimen]
    ) -> None:
        self.regimen, self.participant, self.site, self.sites, self.later = regimen, participant, site, sites, later
        self.amended = _amended(told)

    @property
    def last(self) -> str:
        """The name of the last amended version; "" without one."""
        return _version_of(self.amended[-1]) if self.amended else ""

    def wrong(self) -> Iterator[Diagnostic]:
        """Amendments to a version that is not there, or that has not the participant's arm."""
        for entry in self.amended:
            name, arm = _version_of(entry), self.participant.arm
            version = self.later.get(name)
            if version is None:
                yield fault(entry, "unknown-name", f"the regimen `{name}` is not there", "put its file beside the participant's")
            elif arm is not None and version.arm(arm) is None:
                yield fault(entry, "arm", f"`{name}` has no arm `{arm}`", "let both versions name their arms alike")
            elif arm is None and version.arms:
                yield fault(entry, "arm", f"`{name}` has arms, and the version before has none", "name a version without arms")

    def plan(self, told: Told, *, meanwhile: bool = False) -> Plan:
        """The plan under the last version that holds, with what the versions before it have settled. Raises Refused.

        `meanwhile`: as it stood before some entries; what went on without end then is laid out as far as the record goes.
        """
        participant = replace(self.participant, day_1=told.day_1(self.participant.day_1))
        if meanwhile:
            dates = [entry.on for entry in told.record] + ([participant.horizon] if participant.horizon is not None else [])
            participant = replace(participant, horizon=max(dates))
        place = told.site(self.site, self.sites)
        amended = _amended(told)
        versions = [(self.regimen, ""), *((self.later[name], name) for name in map(_version_of, amended))]
        settled: Settled | None = None
        for (version, name), until in zip(versions, [*amended, None], strict=True):
            now = Told(told.record, told.entries, told.bound, settled)
            with _version(name):
                plan = Plan(version, arm_of(version, participant.arm), participant, place, now)
                if until is not None:
                    settled = Settled(plan, until.on, settled)
                    _refuse([one for one in now.faults if isinstance(one.path[1], int) and one.path[1] + 1 in settled.spent])
        return plan


def _amended(told: Told) -> list[Entry]:
    """The entries that amend the protocol, in order of the day from which they hold."""
    return sorted((entry for entry in told.entries if isinstance(entry.act, Amended)), key=lambda entry: (entry.on, entry.place))


def _version_of(entry: Entry) -> str:
    return entry.act.regimen if isinstance(entry.act, Amended) else ""


def _finished(schedule: Schedule, plan: Plan, told: Told) -> Schedule:
    """The last version's schedule with extra events, and with what only former versions had."""
    _refuse(told.faults)
    extra = [_unscheduled(entry, plan) for entry in told.entries if isinstance(entry.act, Unscheduled)]
    gone = told.settled.orphans(plan.items) if told.settled is not None else []
    if not (extra or gone):
        return schedule
    last = plan.participant.horizon or date.max
    standing = [event for event in (*extra, *gone) if event.state in STANDS and event.date <= last]
    absent = [event for event in gone if event.state not in STANDS and event.date <= last]
    return replace(schedule, events=in_order([*schedule.events, *standing]), absent=in_order([*schedule.absent, *absent]))


def _refuse(faults: list[Diagnostic]) -> None:
    if faults:
        raise Refused(dict.fromkeys(faults))


@contextmanager
def _version(name: str) -> Iterator[None]:
    """Refusals of a later version of the protocol say which: their paths begin with `amended` and its name."""
    try:
        yield
    except Refused as refused:
        if not name:
            raise
        raise Refused([replace(one, path=("amended", name, *one.path)) for one in refused.diagnostics], located=True) from None


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
