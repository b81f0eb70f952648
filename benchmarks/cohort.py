"""A cohort into files, beside the floor: a loop that writes, hashes and renames as many octets and does nothing else.

    python benchmarks/cohort.py files  [--folder DIR] [--participants N] [--jobs N] [--rounds N]
    python benchmarks/cohort.py memory [--folder DIR]
    python benchmarks/cohort.py once   [--folder DIR] [--participants N] [--jobs N] [--plain]
    python benchmarks/cohort.py limits [--folder DIR]

`files`: both sides in turn, round by round, each into a new folder below DIR (a memory file system, or a disk), which is taken away at the
end, since many disks write slowly for a while after thousands of files were deleted, or after its round with --tidy. The floor writes the
very calendars that dosecal made, from memory. Both bring every file to the disk before it is renamed, some dozens at a time (cohort.store).
dosecal's time is all of it: reading the regimen and the roster, laying out, writing, the manifest; imports are left out. `memory`: the peak
of whole processes for 2,000 and 20,000 participants. `once`: a whole process, as a sponsor runs it. `limits`: what the machine gives at
most.
"""

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

from dosecal.cli.cohort_run import run as run_cohort
from dosecal.cohort.job import Job, Row, Source
from dosecal.cohort.store import AT_ONCE
from dosecal.cohort.workshop import Made, Workshop, forget_workshop
from dosecal.read.cells import CELLS
from dosecal.write.options import CalendarOptions

sys.path.insert(0, str(Path(__file__).parent / "peers"))
import roster

REGIMEN = Path(__file__).parent / "interferon.yaml"
OPTIONS = CalendarOptions(alarm=timedelta(minutes=30))
MEGABYTE = 1_000_000


def job_for(folder: Path) -> Job:
    source = Source(REGIMEN.name, str(REGIMEN), REGIMEN.read_bytes())
    return Job(regimen=source, sites=(), folder=str(folder), options=OPTIONS)


# -- the floor


def floor(folder: Path, calendars: Sequence[bytes], first: int, count: int) -> None:
    """Write so many files, hash each, and nothing else."""
    folder.mkdir(exist_ok=True)
    for start in range(first, first + count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, first + count))
        parts = []
        for number in numbers:
            data = calendars[number % len(calendars)]
            hashlib.sha256(data).digest()
            path = f"{folder}/.P{number:07}.ics.part"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.write(descriptor, data)
            parts.append((path, descriptor))
        for _, descriptor in parts:
            os.fsync(descriptor)
        for number, (path, descriptor) in zip(numbers, parts, strict=True):
            os.close(descriptor)
            os.replace(path, f"{folder}/P{number:07}.ics")  # noqa: PTH105  (as dosecal does)


def floor_by(pool: ProcessPoolExecutor | None, folder: Path, calendars: Sequence[bytes], count: int) -> None:
    """The floor in this process, or in as many as the pool has."""
    if pool is None:
        floor(folder, calendars, 0, count)
        return
    share = 512
    for done in [pool.submit(floor, folder, calendars, first, min(share, count - first)) for first in range(0, count, share)]:
        done.result()


# -- dosecal


def own(folder: Path, path: Path, jobs: int) -> None:
    """The whole command but its imports."""
    forget_workshop()
    if run_cohort(job_for(folder), str(path), (), jobs, None) != 0:
        raise SystemExit("the cohort was not written")


def seconds(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def files(folder: Path, participants: int, jobs: int, rounds: int, *, tidy: bool) -> dict[str, Any]:
    rows = roster.rows(participants)
    path = folder / "roster.csv"
    roster.write(path, rows)
    some = (Row(identity, (*choices, *("",) * (len(CELLS) - 3))) for identity, *choices in rows)
    calendars = [made.content for made in Workshop(job_for(folder)).files(some) if isinstance(made, Made)]
    times: list[tuple[float, float]] = []
    size = 0
    with ProcessPoolExecutor(jobs) if jobs > 1 else nullcontext() as pool:
        for number in range(rounds):
            sides = [
                (folder / f"floor-{number}", lambda written: floor_by(pool, written, calendars, participants)),
                (folder / f"own-{number}", lambda written: own(written, path, jobs)),
            ]
            took: dict[str, float] = {}
            for written, side in sides if number % 2 else reversed(sides):  # neither is always the first
                took[written.name.partition("-")[0]] = seconds(lambda side=side, written=written: side(written))  # type: ignore[misc]
                size = sum(file.stat().st_size for file in written.iterdir())
                if tidy:
                    shutil.rmtree(written)
            times.append((took["floor"], took["own"]))
    least, whole = (statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(floor_time / own_time for floor_time, own_time in times)
    print(f"{participants:,} participants, {size / MEGABYTE:,.0f} MB, jobs {jobs}, {rounds} rounds")
    print(f"floor {least:.2f} s, dosecal {whole:.2f} s, {participants / whole:,.0f} files/s; speed beside the floor: {ratio:.2f}")
    return {"participants": participants, "jobs": jobs, "times": times, "ratio": ratio, "bytes": size}


# -- whole processes


def process(folder: Path, participants: int, *more: str) -> dict[str, Any]:
    """One run of the command: its seconds, the peak memory of its largest process in MB, the bytes it wrote."""
    path, out = folder / f"roster-{participants}.csv", folder / f"calendars-{participants}"
    roster.write(path, roster.rows(participants))
    command = [sys.executable, "-m", "dosecal", "cohort", str(REGIMEN), str(path), "-o", str(out), "--alarm", "30m", *more]
    begun = time.perf_counter()
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    took = time.perf_counter() - begun
    if status:
        raise SystemExit(f"exit status {status}")
    size = sum(entry.stat().st_size for entry in os.scandir(out))
    return {"participants": participants, "seconds": took, "peak MB": used.ru_maxrss / 1024, "bytes": size}


def memory(folder: Path) -> dict[str, Any]:
    few, many = (process(folder, count, "--jobs", "1") for count in (2_000, 20_000))
    more = (many["peak MB"] - few["peak MB"]) * 1024 * 1024 / (many["participants"] - few["participants"])
    print(f"peak memory: {few['peak MB']:.1f} MB for 2,000, {many['peak MB']:.1f} MB for 20,000: {more:.0f} bytes a participant")
    return {"runs": [few, many], "bytes a participant": more}


def once(folder: Path, participants: int, jobs: int, *, plain: bool) -> dict[str, Any]:
    done = process(folder, participants, "--jobs", str(jobs), *(() if plain else ("--compact",)))
    rate = participants / done["seconds"]
    print(f"{participants:,} participants, jobs {jobs}, {'plain' if plain else 'compact'}: {done['seconds']:.1f} s ({rate:,.0f} files/s),")
    print(f"{done['bytes'] / MEGABYTE:,.0f} MB, {done['bytes'] / participants:,.0f} bytes each; largest process {done['peak MB']:.0f} MB")
    return done


# -- the machine


def limits(folder: Path) -> dict[str, Any]:
    data, count = os.urandom(153_000), 500
    hashing = seconds(lambda: [hashlib.sha256(data).digest() for _ in range(count)] and None)
    copying = seconds(lambda: [bytearray(data) for _ in range(count)] and None)
    creating = seconds(lambda: floor(folder / "limits", [data], 0, count))
    found = {"SHA-256 us": hashing / count * 1e6, "copy us": copying / count * 1e6, "floor us": creating / count * 1e6}
    print(f"for 153,000 bytes: {', '.join(f'{name} {value:.0f}' for name, value in found.items())}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="A cohort into files, beside a loop that only writes as many octets.")
    parser.add_argument("what", choices=["files", "memory", "once", "limits"])
    parser.add_argument("--folder", type=Path, help="where to write [default: the system's place for temporary files]")
    parser.add_argument("--participants", type=int, help="[default: 2,000; once: 186,000]")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tidy", action="store_true", help="files: take each folder away before the next; for a memory file system alone")
    parser.add_argument("--plain", action="store_true", help="once: without --compact")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to FILE")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    try:
        match options.what:
            case "files":
                found = files(folder, options.participants or 2_000, options.jobs, options.rounds, tidy=options.tidy)
            case "memory":
                found = memory(folder)
            case "once":
                found = once(folder, options.participants or 186_000, options.jobs, plain=options.plain)
            case _:
                found = limits(folder)
    finally:
        shutil.rmtree(folder)
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
