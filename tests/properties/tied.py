"""Strategies for items tied to other items and to phases, for what stands beside a phrase, and for the regimen as a whole."""

from collections.abc import Callable
from datetime import date
from itertools import chain

from hypothesis import strategies as st

from tests.properties.drafts import FAR, Timing, plus, timings
from tests.properties.regimens import counted
from tests.properties.wholes import KINDS, NAMES, Course, Draft, Line, Phase, Stretch, World

GIVEN = ("doses", "medicines")


def flat(courses: list[Course]) -> list[date]:
    return sorted(chain.from_iterable(courses))


@st.composite
def ties(draw: st.DrawFn, target: Line, asking: str | None) -> Timing:
    """A phrase about another item; `asking` is the phase of the item that asks."""
    kinds = ["after each", "before each", "before first", "after last", "first", *(["minutes"] if target.clocks else [])]
    kinds += ["span"] if asking is None else []
    kinds += 4 * ["first days", "end of course"] if target.course > 1 else []
    kinds += ["for"] if target.single and target.phase == asking else []
    before = draw(st.sampled_from(("30 minutes before", "2 hours after")))
    return tie(draw(st.sampled_from(kinds)), target.name, draw(st.integers(1, 9)), before, asking)


def tie(kind: str, name: str, days: int, minutes: str, asking: str | None) -> Timing:
    """One kind of tie to the item `name`."""
    far = counted(days, "day")

    def on(words: str, fall: Callable[[list[Course]], list[Course]]) -> Timing:
        return Timing(words, lambda world, scope: fall(world.seen(name, asking, scope)))

    def shifted(by: int, found: list[date]) -> list[Course]:
        return [[plus(day, by)] for day in found]

    ways = {
        "after each": on(f"{far} after each {name}", lambda seen: shifted(days, flat(seen))),
        "before each": on(f"{far} before each {name}", lambda seen: shifted(-days, flat(seen))),
        "minutes": on(f"{minutes} each {name}", lambda seen: shifted(0, flat(seen))),
        "before first": on(f"{far} before first {name}", lambda seen: shifted(-days, flat(seen)[:1])),
        "after last": on(f"{far} after last {name}", lambda seen: shifted(days, flat(seen)[-1:])),
        "first": on(f"first 2 {name}", lambda seen: shifted(0, flat(seen)[:2])),
        "for": on(f"each {name} for 3 days", lambda seen: [[plus(day, n) for n in range(3)] for day in flat(seen)]),
        "first days": on(f"first 2 days of each {name} course", lambda seen: [course[:2] for course in seen]),
        "end of course": on(f"end of each {name} course", lambda seen: [[course[-1]] for course in seen]),
        "span": on(f"every 2 days from first {name} through last {name}", lambda seen: every_other(flat(seen))),
    }
    return ways[kind]


def every_other(days: list[date]) -> list[Course]:
    return [[plus(days[0], n)] for n in range(0, (days[-1] - days[0]).days + 1, 2)] if days else []


@st.composite
def phase_edges(draw: st.DrawFn, phases: tuple[Phase, ...]) -> Timing:
    name, days = draw(st.sampled_from(phases)).name, draw(st.integers(1, 9))
    if draw(st.booleans()):
        return Timing(f"start of {name}", lambda world, _: [[world.phases[name][0]]])
    return Timing(f"{counted(days, 'day')} after end of {name}", lambda world, _: [[plus(world.phases[name][1], days)]])


@st.composite
def in_cycles(draw: st.DrawFn, timing: Timing, phase: Phase) -> Timing:
    """The same in some cycles only."""
    if phase.cycles is None or not timing.in_cycles or not draw(st.booleans()):
        return timing
    first = draw(st.integers(1, phase.cycles))
    choices = [(f"cycle {first}", range(first, first + 1)), (f"cycles from {first}", range(first, phase.cycles + 1))]
    choices.append((f"every 2 cycles from {first}", range(first, phase.cycles + 1, 2)))
    if first < phase.cycles:
        choices.append((f"cycles {first}-{phase.cycles}", range(first, phase.cycles + 1)))
    words, meant = draw(st.sampled_from(choices))

    def fall(world: World, scope: Stretch) -> list[Course]:
        return timing.courses(world, scope) if scope.cycle in meant else []

    return timing._replace(words=f"{timing.words} of {words}", courses=fall)


# -- items


@st.composite
def free_items(draw: st.DrawFn, name: str, phases: tuple[Phase, ...]) -> Line:
    """An item that refers to nothing, with a calendar rule, a window, a gap, clock times, steps or a condition now and then."""
    phase = draw(st.sampled_from((None, *phases)))
    timing = draw(timings(phase.days if phase else FAR, in_phase=phase is not None))
    if phase is not None:
        timing = draw(in_cycles(timing, phase))
    section = draw(st.sampled_from(tuple(KINDS)))
    line = Line(
        section,
        name,
        timing.words,
        timing.courses,
        keys=timing.keys,
        phase=phase.name if phase else None,
        inside=timing.inside,
        weekly=timing.weekly,
        single=timing.single,
        course=timing.course,
    )
    line = draw(given_something(line, timing))
    line = draw(moved_by_closures(line, timing, counted_once=phase is None or phase.cycles is None))
    if draw(st.booleans()):
        line = with_keys(line, window=draw(st.sampled_from(("±3 days", "-2 to +8 days", "±1 week", "+0 to +30 days"))))
    clocks = draw(st.sampled_from(("", "", "08:00", "08:00" if line.gap else "[08:00, 20:00]")))
    if clocks:
        line = with_keys(line, at=clocks)._replace(clocks=clocks.count(":"))
    flag = draw(st.sampled_from((None, None, None, "fasting", "not fasting")))
    return with_keys(line, only_if=flag)._replace(flag=flag) if flag else line


def with_keys(line: Line, **keys: str) -> Line:
    return line._replace(keys=(*line.keys, *((key.replace("_", "-"), value) for key, value in keys.items())))


@st.composite
def given_something(draw: st.DrawFn, line: Line, timing: Timing) -> Line:
    """What is given: one amount, or two by the day of the scope."""
    if line.section not in GIVEN:
        return line
    line = with_keys(line, count_from="plan")
    if not timing.positive or draw(st.booleans()):
        return with_keys(line, give="5 mg PO")
    last = draw(st.integers(2, 30))
    return with_keys(line, give=f"{{days 1-{last}: 5 mg PO, from day {last + 1}: 10 mg PO}}")._replace(step=last)


@st.composite
def moved_by_closures(draw: st.DrawFn, line: Line, timing: Timing, *, counted_once: bool) -> Line:
    """A calendar rule, and a gap that its plan keeps. Doses stay: two on one day are refused."""
    if line.section in GIVEN:
        return line
    rule = draw(st.sampled_from(("", "stay", "next open day", "previous open day", "nearest open day")))
    if rule:
        line = with_keys(line, if_closed=rule)._replace(meets=rule.endswith("open day"))
    if timing.apart and counted_once and draw(st.booleans()):
        gap = draw(st.integers(1, timing.apart))
        line = with_keys(line, at_least=f"{counted(gap, 'day')} apart")._replace(gap=gap, proof=False)
    return line


@st.composite
def tied_items(draw: st.DrawFn, name: str, phases: tuple[Phase, ...], before: list[Line]) -> Line:
    """An item that refers to an earlier one or to a phase, or that leaves out the dates of an earlier one."""
    phase = draw(st.sampled_from((None, *phases)))
    place = phase.name if phase else None
    targets = [one for one in before if one.clocks < 2 and not one.anew]
    cyclic = phase is not None and phase.cycles is not None
    section = draw(st.sampled_from(tuple(set(KINDS) - set(GIVEN))))
    if not targets or (phases and draw(st.integers(0, 4)) == 0):
        if not phases:
            return draw(free_items(name, phases))
        timing = draw(phase_edges(phases))
        return Line(section, name, timing.words, timing.courses, phase=place, inside=False, anew=cyclic)
    target = draw(st.sampled_from(targets))
    if draw(st.integers(0, 3)) == 0:
        return draw(leaving_out(name, section, phase, target))
    timing = draw(ties(target, place))
    proof = target.proof and not target.meets and not timing.words.startswith("every ")
    anew = cyclic and target.phase != place
    line = Line(section, name, timing.words, timing.courses, phase=place, inside=False, proof=proof, weekly=target.weekly)
    return line._replace(meets=target.meets, anew=anew)


@st.composite
def leaving_out(draw: st.DrawFn, name: str, section: str, phase: Phase | None, target: Line) -> Line:
    """Every so often, but not on the dates of another item."""
    timing = draw(timings(phase.days if phase else FAR, in_phase=phase is not None).filter(lambda one: one.course == 1 and one.weekly))
    place = phase.name if phase else None

    def fall(world: World, scope: Stretch) -> list[Course]:
        left_out = set(flat(world.seen(target.name, place, scope)))
        return [course for course in timing.courses(world, scope) if course[0] not in left_out]

    keys = (*timing.keys, ("except", target.name))
    return Line(section, name, timing.words, fall, keys=keys, phase=place, inside=timing.inside, proof=False, weekly=target.weekly)


# -- regimens


@st.composite
def phase_rows(draw: st.DrawFn) -> tuple[Phase, ...]:
    lengths = draw(st.lists(st.tuples(st.integers(1, 42), st.none() | st.integers(1, 5), st.sampled_from((0, 0, 3, 15))), max_size=4))
    here = draw(st.integers(0, len(lengths)))
    return tuple(
        Phase(
            f"phase {'ABCD'[number]}",
            days,
            None if number < here < len(lengths) else cycles,
            pause if number > 0 and not number <= here < len(lengths) else 0,
            here=number == here and (number > 0 or days % 2 == 0),
        )
        for number, (days, cycles, pause) in enumerate(lengths)
    )


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """A small regimen of up to eight items."""
    phases = draw(phase_rows())
    lines: list[Line] = []
    for name in NAMES[: draw(st.integers(1, 7))]:
        free = not lines or draw(st.booleans())
        lines.append(draw(free_items(name, phases) if free else tied_items(name, phases, lines)))
    arms = draw(st.sampled_from(((), ("AB", "BA"))))
    lines += [draw(free_items("own item", ()))._replace(arm=arm) for arm in arms]
    return Draft(draw(st.sampled_from(("calendar", "28 days", "30 days"))), phases, tuple(lines), arms)
