"""Whole-process CPU of dosecal's commands, as ratios to a bare interpreter and to a plain icalendar script, from interleaved rounds.

    python benchmarks/startup.py [--rounds N] [--json FILE]

Writes nothing but standard output (and FILE). Exit code 0 whatever the numbers say: a benchmark informs, it does not judge.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
DOSECAL = str(Path(sysconfig.get_path("scripts")) / "dosecal")
INTERFERON = ["care-ms-ii", "--arm", "interferon-beta-1a", "--start", "2026-01-05", "--timezone", "America/Los_Angeles"]
BARE, PLAIN = "python -c pass", "plain icalendar script"
COMMANDS: dict[str, list[str]] = {
    BARE: [sys.executable, "-c", "pass"],
    "validate": [DOSECAL, "validate", "care-ms-ii"],
    "schedule --format json": [DOSECAL, "schedule", *INTERFERON, "--format", "json"],
    "ics": [DOSECAL, "ics", *INTERFERON],
    PLAIN: [sys.executable, str(HERE / "plain_icalendar.py")],
}


class Ratio(NamedTuple):
    """What is compared with what, and the budget of docs/design.md: at most so many times the other."""

    command: str
    against: str
    budget: float | None


RATIOS = [
    Ratio("validate", BARE, 8.0),
    Ratio("schedule --format json", BARE, 8.0),
    Ratio("ics", BARE, None),
    Ratio(PLAIN, BARE, None),
    Ratio("ics", PLAIN, 1.0),
]


def cpu_ms(command: Sequence[str]) -> float:
    """User and system time of one whole process, in milliseconds. Raises SystemExit when the command fails."""
    # An installed program is compiled, so the byte code of this one is to be kept too.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"exit code {process.returncode}: {' '.join(command)}")
    return (usage.ru_utime + usage.ru_stime) * 1000


def measure(rounds: int) -> dict[str, list[float]]:
    """CPU of every command, one figure a round. Each round runs all of them in turn, so that noise meets all alike."""
    for command in COMMANDS.values():  # once unmeasured: byte code is compiled, files are in memory
        cpu_ms(command)
    figures: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, command in COMMANDS.items():
            figures[name].append(cpu_ms(command))
    return figures


def ratio(figures: dict[str, list[float]], command: str, against: str) -> float:
    """The median of the ratios round by round."""
    return statistics.median(one / other for one, other in zip(figures[command], figures[against], strict=True))


def report(figures: dict[str, list[float]]) -> None:
    print(f"{'whole process, CPU':<34}{'median ms':>12}{'fastest':>10}")
    for name, values in figures.items():
        print(f"{name:<34}{statistics.median(values):>12.1f}{min(values):>10.1f}")
    print(f"\n{'ratio, median of the rounds':<48}{'ratio':>8}{'budget':>12}")
    for command, against, budget in RATIOS:
        value = ratio(figures, command, against)
        limit = "" if budget is None else f"<= {budget:g}" + ("" if value <= budget else "  over")
        print(f"{f'{command} / {against}':<48}{value:>8.2f}{limit:>12}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Whole-process CPU of dosecal's commands, as ratios.")
    parser.add_argument("--rounds", type=int, default=15, help="rounds, each running every command once")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure to FILE")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    figures = measure(options.rounds)
    report(figures)
    if options.json is not None:
        ratios = {f"{command} / {against}": ratio(figures, command, against) for command, against, _ in RATIOS}
        options.json.write_text(json.dumps({"cpu_ms": figures, "ratios": ratios}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
