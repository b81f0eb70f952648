"""One Python side over a roster -> its calendars on standard output (`write`), or what they took as one line of JSON (`time`).

    python measure.py MODULE (time|write) ROSTER

MODULE has `calendars(rows) -> iterator of bytes`. Left out of the time: imports, reading the roster, and the first participant once before.
"""

import importlib
import json
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import roster


def timed(side: ModuleType, rows: list[roster.Row]) -> dict[str, Any]:
    for _ in side.calendars(rows[:1]):
        pass
    begun, begun_cpu = time.perf_counter(), time.process_time()
    size = sum(map(len, side.calendars(rows)))
    took, took_cpu = time.perf_counter() - begun, time.process_time() - begun_cpu
    by = f"{side.LIBRARY} {version(side.LIBRARY)}, Python {platform.python_version()}"
    return {"participants": len(rows), "bytes": size, "seconds": took, "cpu": took_cpu, "by": by}


def main() -> None:
    module, mode, path = sys.argv[1:]
    side, rows = importlib.import_module(module), list(roster.read(Path(path)))
    if mode == "time":
        print(json.dumps(timed(side, rows)))
    else:
        sys.stdout.buffer.writelines(calendar + b"\r\n" for calendar in side.calendars(rows))  # some end without a line break


if __name__ == "__main__":
    main()
