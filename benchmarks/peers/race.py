"""dosecal and other people's libraries, side by side: events a second from (id, Day 1) to the bytes of the calendar, and the ratios.

    python benchmarks/peers/race.py [--rounds N] [--participants N] [--only SIDE ...] [--json FILE]

First every side's events are compared with dosecal's (equal.py); a side whose events differ does not race. Then each round runs every side
once, each in a process of its own that times itself: imports are left out, and one participant goes before. Slow sides take a part of the
cohort. A ratio is how many times as long a side takes for an event as dosecal in the same round; the median of the rounds counts. CPU is
the process's, user and system, of all its threads, and events a second are of CPU; the wall's ratio stands beside it.
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import plan
import roster
from equal import PARTICIPANTS, check
from sides import OWN, SIDES, CannotRunError, run

FEWEST = 2
CLOCKS = {"cpu": "CPU", "seconds": "wall"}

Runs = dict[str, list[dict[str, Any]]]


def entrants(sides: Sequence[str]) -> dict[str, list[str]]:
    """The sides that write dosecal's events, each with what it writes otherwise. Prints why another does not race."""
    entered: dict[str, list[str]] = {OWN: []}
    for side, found in check(sides, PARTICIPANTS):
        if isinstance(found, CannotRunError):
            print(found)
        elif found.wrong:
            print(f"{side} does not race: {'; '.join(found.wrong)}")
        else:
            entered[side] = found.otherwise
    return entered


def measure(sides: Sequence[str], rounds: int, participants: int) -> Runs:
    """What every side says of itself, once a round, with the number of its events."""
    rows = roster.rows(participants)
    events = [sum(1 for _ in plan.events(identifier, date.fromisoformat(day_1))) for identifier, _, day_1, _ in rows]
    runs: Runs = {side: [] for side in sides}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for side in sides:
                count = min(participants, SIDES[side].most or participants)
                path = Path(folder) / f"{count}.csv"
                roster.write(path, rows[:count])
                runs[side].append(json.loads(run(side, "time", path)) | {"events": sum(events[:count])})
    return runs


def rate(one: dict[str, Any], clock: str = "cpu") -> float:
    """Events a second in one run, by that clock."""
    return one["events"] / one[clock]


def ratio(runs: Runs, side: str, clock: str) -> float:
    """How many times as long as dosecal, the median round by round."""
    return statistics.median(rate(own, clock) / rate(other, clock) for own, other in zip(runs[OWN], runs[side], strict=True))


def report(runs: Runs, entered: dict[str, list[str]]) -> None:
    print(f"{'':<42}{'participants':>12}{'events/s':>12}{'MB/s':>8}{'us/event':>10}{'time, dosecal 1: CPU':>21}{'wall':>8}")
    for side, own in runs.items():
        speed, last = statistics.median(map(rate, own)), own[-1]
        megabytes = last["bytes"] / last["events"] * speed / 1e6
        times = "".join(f"{ratio(runs, side, clock):>{width}.2f}" for clock, width in zip(CLOCKS, (21, 8), strict=True))
        print(f"{last['by']:<42}{last['participants']:>12,}{speed:>12,.0f}{megabytes:>8.1f}{1e6 / speed:>10.2f}{times}")
    for side, otherwise in entered.items():
        if otherwise:
            print(f"{side} writes otherwise, or not: {', '.join(otherwise)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Events a second of dosecal and other people's libraries, and the ratios.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--participants", type=int, default=20_000, help="dosecal's cohort, starts spread over two years")
    parser.add_argument("--only", action="append", metavar="SIDE", choices=list(SIDES), help=f"of {', '.join(SIDES)}; may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure to FILE")
    options = parser.parse_args()
    if options.rounds < 1 or options.participants < FEWEST:
        parser.error(f"at least 1 round and {FEWEST} participants")
    entered = entrants([side for side in SIDES if side != OWN and side in (options.only or SIDES)])
    runs = measure(list(entered), options.rounds, options.participants)
    report(runs, entered)
    if options.json is not None:
        ratios = {side: {name: ratio(runs, side, clock) for clock, name in CLOCKS.items()} for side in runs}
        figures = {"runs": runs, "ratios": ratios, "otherwise": entered}
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
