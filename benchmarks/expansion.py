"""CPU of laying out one interferon participant (345 events), against a plain datetime loop with the same dates, interleaved.

    python benchmarks/expansion.py [--rounds N]

Once as published, where events take whole days, and once with clock times, lengths and a gap in hours (interferon.yaml). All run in this
process, over starts on consecutive days, and their dates are compared first. Writes nothing but standard output.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from dosecal.expand import expand
from dosecal.participant import Participant
from dosecal.read.files import regimen_path
from dosecal.read.regimen import read_regimen_file
from dosecal.read.zones import zone_named
from dosecal.schedule import Schedule
from dosecal.study_time import Zone

STARTS = [date(2026, 1, 5) + timedelta(days) for days in range(60)]
BUDGET = 3.0


def plain_loop(start: date) -> list[tuple[date, str]]:
    """The interferon arm of CARE-MS II: doses Mon Wed Fri up to the day before Month 24, monthly tests, assessments every 3 months."""
    events: list[tuple[date, str]] = []
    day, end = start, month(start, 24)
    while day < end:
        if day.weekday() in (0, 2, 4):
            events.append((day, "interferon beta-1a"))
        day += timedelta(days=1)
    events += [(month(start, number), "laboratory tests") for number in range(1, 25)]
    events += [(month(start, number), "comprehensive assessment") for number in range(3, 25, 3)]
    events.sort(key=lambda event: event[0])
    return events


def month(start: date, number: int) -> date:
    """That many calendar months after `start`, or the last day of the month that has no such day."""
    years, months = divmod(start.month - 1 + number, 12)
    for day in range(start.day, 0, -1):
        try:
            return date(start.year + years, months + 1, day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def microseconds(work: Callable[[date], object]) -> float:
    """CPU of one participant."""
    begun = time.process_time()
    for start in STARTS:
        work(start)
    return (time.process_time() - begun) / len(STARTS) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    zone = zone_named("America/Los_Angeles")
    if not isinstance(zone, Zone):
        raise SystemExit(zone.message)
    all_day = read_regimen_file(regimen_path("care-ms-ii")).regimen
    timed = read_regimen_file(str(Path(__file__).with_name("interferon.yaml"))).regimen

    def dosecal(start: date) -> Schedule:
        return expand(all_day, Participant(day_1=start, arm="interferon-beta-1a"))

    def at_clock_times(start: date) -> Schedule:
        return expand(timed, Participant(day_1=start, arm="interferon-beta-1a", zone=zone))

    for start in STARTS:
        plain = sorted(plain_loop(start))
        if any(sorted((event.date, event.item) for event in laid(start).events) != plain for laid in (dosecal, at_clock_times)):
            raise SystemExit(f"the dates differ for {start}")
    figures = [[microseconds(work) for work in (dosecal, at_clock_times, plain_loop)] for _ in range(rounds)]
    own, clocks, loop = (statistics.median(times) for times in zip(*figures, strict=True))
    ratio = statistics.median(one / other for one, _, other in figures)
    print(f"dosecal {own:.0f} us, plain datetime loop {loop:.0f} us a participant; ratio {ratio:.2f} (budget {BUDGET:.0f})")
    print(f"with clock times {clocks:.0f} us")


if __name__ == "__main__":
    main()
