"""A roster: participants in cohorts, where a cohort plan makes one's Day 1 depend on others' dates -> everyone's schedule."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Path, Refused
from dosecal.expand import expand
from dosecal.expand.courses import found_of
from dosecal.expand.points import Found, Scope, Spot, spot_at, spots
from dosecal.expand.refusals import inside
from dosecal.participant import ALWAYS_OPEN, Cohort, Participant, Roster, Site
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import ClockTime, Numbers, On, PlaceTimes, Ref, When
from dosecal.regimen import SECTIONS, CohortPlan, PlacePlan, Regimen, Review
from dosecal.schedule import Event, Schedule, by_date
from dosecal.study_time import Instant, instant_at, plus_days, study_day


class Rostered(Struct, frozen=True):
    """Everyone's events as one schedule, and each participant's own schedule by id."""

    everyone: Schedule
    by_id: Mapping[str, Schedule]


class _Place(Struct, frozen=True):
    """One participant's place: the group, Day 1, and the clock time on it."""

    group: str
    day_1: date
    instant: Instant | None


def lay_out_roster(regimen: Regimen, roster: Roster, site: Site = ALWAYS_OPEN) -> Rostered:
    """Everyone's schedule, cohort by cohort, with the reviews between them; in the common one each event names its `subject`.

    Raises Refused with everything that is wrong; paths lead into the regimen file.
    """
    plans = {plan.name: plan for plan in regimen.cohort_plans}
    faults = [fault for number, cohort in enumerate(roster.cohorts, 1) for fault in _misplaced(cohort, number, plans)]
    if faults:
        raise Refused(faults)
    events: list[Event] = []
    by_id: dict[str, Schedule] = {}
    notes: list[Diagnostic] = []
    start: date | None = roster.day_1
    for number, cohort in enumerate(roster.cohorts, 1):
        laying = _Laying(regimen, roster, site, plans[cohort.plan], cohort, number)
        if start is None:
            raise Refused([_without_start(number, plans[roster.cohorts[number - 2].plan])])
        laying.lay_out(start)
        events += laying.events()
        by_id |= laying.schedules
        notes += laying.notes()
        start = laying.next_start(start) if number < len(roster.cohorts) else None
    ordered = tuple(sorted(events, key=by_date))
    source = site.holidays.source if site.holidays is not None else None
    everyone = Schedule(
        study=regimen.study,
        day_1=roster.day_1,
        zone=roster.zone,
        months=regimen.months,
        events=ordered,
        holidays=source,
        notes=tuple(dict.fromkeys(notes)),
    )
    return Rostered(everyone, by_id)


def _without_start(number: int, before: CohortPlan) -> Diagnostic:
    """A cohort that nothing starts: the plan of the one before has no `next`, or one without a date."""
    path = ("cohort-plans", before.name, "next")
    if before.next is None:
        message = f"`{before.name}` does not say when the next cohort starts, and the roster has a cohort {number}"
        return Diagnostic("no-start", message, "add `next`, a date counted from one of its reviews", path=path)
    return Diagnostic("no-start", f"cohort {number} has no start: what it waits for has no date", "let `next` name a review", path=path)


def _misplaced(cohort: Cohort, number: int, plans: Mapping[str, CohortPlan]) -> list[Diagnostic]:
    """What is wrong with a cohort before any date: an unknown plan, or another number of places than the plan has.

    Paths that begin with `cohorts` lead into the roster file, which alone has that key.
    """
    plan = plans.get(cohort.plan)
    here = ("cohorts", number - 1)
    if plan is None:
        known = f"write one of the regimen's cohort plans: {', '.join(plans)}"
        mend = known if plans else "add `cohort-plans` to the regimen, or name the regimen that has them"
        return [Diagnostic("plan", f"there is no cohort plan `{cohort.plan}`", mend, path=(*here, "plan"))]
    wanted = sorted(place for one in plan.places for place in range(one.places.first, one.places.last + 1))
    if wanted != list(range(1, len(wanted) + 1)):
        message = f"the places of `{plan.name}` are not numbered 1, 2, 3 and so on, each once"
        return [Diagnostic("places", message, "let each place stand in exactly one group", path=("cohort-plans", plan.name, "places"))]
    if len(cohort.places) != len(wanted):
        named = f"{len(cohort.places)} participant{'s' * (len(cohort.places) != 1)}"
        message = f"cohort {number} names {named}, and `{plan.name}` has {len(wanted)} place{'s' * (len(wanted) != 1)}"
        return [Diagnostic("places", message, "name one participant for each place", path=(*here, "places"))]
    return []


class _Laying:
    """Lays out one cohort: group by group, since a group may wait for those before it."""

    def __init__(self, regimen: Regimen, roster: Roster, site: Site, plan: CohortPlan, cohort: Cohort, number: int) -> None:  # noqa: PLR0917
        self.regimen, self.roster, self.site, self.plan, self.cohort, self.number = regimen, roster, site, plan, cohort, number
        self.places: dict[str, _Place] = {}
        self.schedules: dict[str, Schedule] = {}
        self.reviews: dict[str, Spot] = {}
        self.start = roster.day_1

    def lay_out(self, start: date) -> None:
        """Place every participant, lay out their schedules, then the reviews."""
        self.start = start
        for group in self.plan.places:
            with inside((*self._path, "places", spell(group.places))):
                self._place(group)
        for review in self.plan.reviews:
            with inside((*self._path, "reviews", review.name)):
                self._review(review)

    def next_start(self, start: date) -> date | None:
        """The first day of the next cohort."""
        self.start = start
        if self.plan.next is None:
            return None
        with inside((*self._path, "next")):
            spot = spot_at(self.plan.next, self._scope())
            return spot.date(self.regimen.months) if spot is not None else None

    @property
    def _path(self) -> Path:
        return ("cohort-plans", self.plan.name)

    def _place(self, group: PlacePlan) -> None:
        spot = _one_spot(group.when, self._scope(), "a group of places")
        if spot is None:
            raise Refused(
                [
                    Diagnostic(
                        "no-start",
                        f"`{group.places.name}` has no date: what it waits for has none",
                        "count from the cohort's start, as in `day 1`, or from an earlier group",
                        path=("when",),
                    )
                ]
            )
        day = spot.date(self.regimen.months)
        earliest = [spot for point in group.not_before for spot in spots(point, self._scope())]
        ids = self.cohort.places[group.places.first - 1 : group.places.last]
        clocks = _clocks(group, len(ids))
        while any(self._too_early(day, clocks[0], spot) for spot in earliest):
            day = plus_days(day, 1)
        for identity, clock in zip(ids, clocks, strict=True):
            instant = instant_at(day, clock, self.roster.zone.rules) if clock is not None else None
            self.places[identity] = _Place(group.places.name, day, instant)
            known = self.roster.participants.get(identity, Participant(day_1=day))
            zone = known.zone or self.roster.zone
            participant = replace(known, id=identity, day_1=day, zone=zone, cohort=self.number, place_time=clock)
            self.schedules[identity] = _own_schedule(self.regimen, participant, self.site)

    def _too_early(self, day: date, clock: time | None, spot: Spot) -> bool:
        if spot.timed and spot.instant is not None and clock is not None:
            return instant_at(day, clock, self.roster.zone.rules).utc < spot.instant.utc
        return day < spot.date(self.regimen.months)

    def _review(self, review: Review) -> None:
        spot = _one_spot(review.when, self._scope(), "a review")
        if spot is None:
            message = f"`{review.name}` has no date: what it waits for has none"
            raise Refused([Diagnostic("no-start", message, "count from something that the cohort's participants have", path=("when",))])
        self.reviews[review.name] = spot

    def _scope(self) -> Scope:
        return Scope(self.start, self.start, self.regimen.months, self.site, "", self._find)

    def _find(self, ref: Ref) -> tuple[Found, ...]:
        """What a name means in a cohort plan: a group's places, a review, or the occurrences of all participants so far."""
        if ref.name in self.reviews:
            day = self.reviews[ref.name].date(self.regimen.months)
            return (Found(ref.name, day, day, day),)
        placed = [
            Found(f"{place.group} {identity}", place.day_1, place.day_1, place.day_1, place.instant, place.instant)
            for identity, place in self.places.items()
            if place.group == ref.name
        ]
        events = [
            event
            for schedule in self.schedules.values()
            for event in schedule.events
            if ref.name in (event.item, SECTIONS[event.section].singular)
        ]
        found = placed or [found_of(event) for event in events]
        return tuple(sorted(found, key=lambda one: (one.first, one.start.utc.timestamp() if one.start is not None else 0.0)))

    def events(self) -> list[Event]:
        """The cohort's events: those of its participants, each with its subject, and its reviews."""
        own = [replace(event, subject=identity) for identity, schedule in self.schedules.items() for event in schedule.events]
        return own + [self._review_event(name, spot) for name, spot in self.reviews.items()]

    def notes(self) -> list[Diagnostic]:
        return [note for schedule in self.schedules.values() for note in schedule.notes]

    def _review_event(self, name: str, spot: Spot) -> Event:
        day = spot.date(self.regimen.months)
        return Event(
            key=f"{self.plan.name}/cohort {self.number}/{name}",
            section="procedures",
            item=name,
            nominal_date=day,
            due_date=day,
            date=day,
            study_day=study_day(self.start, day),
            clock=spot.instant if spot.timed else None,
            reasons=(f"a review of cohort {self.number}",),
        )


def _own_schedule(regimen: Regimen, participant: Participant, site: Site) -> Schedule:
    """One participant's schedule; what is refused for want of something about them says who they are."""
    try:
        return expand(regimen, participant, site)
    except Refused as refused:
        faults = [replace(one, message=f"{participant.id}: {one.message}") if one.name in _PERSONAL else one for one in refused.diagnostics]
        raise Refused(faults, located=True) from None


_PERSONAL: Final = ("arm", "days", "no-measure", "no-named-time", "no-weekdays", "weekdays")


def _one_spot(phrases: tuple[When, ...], scope: Scope, what: str) -> Spot | None:
    """The one place in time of a group of places, or of a review; None when what it refers to is not there."""
    with inside(("when",)):
        when, *others = phrases
        if others or not isinstance(when, On) or isinstance(when.base, Numbers) or when.span is not None or when.cycles is not None:
            words = spell(when)
            message = f"`{words}` {'is one of several dates' if others else 'may give several dates'}, and {what} has one"
            raise Refused([Diagnostic("several", message, "write one date, such as `day 8`", part=words)])
        return spot_at(when.base, scope)


def _clocks(group: PlacePlan, count: int) -> list[time | None]:
    """The clock times of a group's places, one after another."""
    if not group.at:
        return [None] * count
    at, *others = group.at
    if others:
        message = f"a group of places has one clock time, and `{group.places.name}` has {len(group.at)}"
        raise Refused([Diagnostic("several", message, "keep one, or write `09:00 every 30 minutes`", path=("at",), part=spell(others[0]))])
    if isinstance(at, ClockTime):
        return [at.time] * count
    if isinstance(at, PlaceTimes):
        first = datetime.combine(date.min, at.first)
        times = [first + timedelta(minutes=at.every * number) for number in range(count)]
        if times[-1].date() == first.date():
            return [one.time() for one in times]
        message = f"the places of `{group.places.name}` do not fit into one day"
        raise Refused([Diagnostic("time", message, "begin earlier, or leave less time between them", path=("at",))])
    message = f"`{spell(at)}` is no clock time, and a cohort plan knows no participant's own times"
    raise Refused([Diagnostic("time", message, "write a clock time, such as 09:00", path=("at",), part=spell(at))])
