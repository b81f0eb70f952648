"""The sides of the race: for each its command, its part of the cohort, and what it runs on; `run` starts one over a roster."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
HOME = Path(os.environ.get("DOSECAL_PEERS_HOME", "~/.cache/dosecal-peers")).expanduser()


class Side(NamedTuple):
    """`command` is followed by the mode, the roster and `behind`. A slow side takes the first `most` of the cohort (None: all of it)."""

    command: tuple[str | Path, ...]
    most: int | None
    behind: tuple[Path, ...] = ()


class CannotRunError(Exception):
    """A side is not installed here, or fails; says which, and why in its own words."""


def python(program: Path | str, module: str) -> tuple[str | Path, ...]:
    return (program, "-W", "ignore", HERE / "measure.py", module)


# What setup.sh installs; without it, the peers that dosecal's own tests have are found all the same.
PEERS_PYTHON = HOME / "venv" / "bin" / "python" if (HOME / "venv").exists() else sys.executable
OWN = "dosecal"
SIDES = {
    OWN: Side(python(sys.executable, "own"), None),
    "icalendar": Side(python(sys.executable, "by_icalendar"), 12),  # dosecal's own, so that both have the same version
    "ics.py": Side(python(PEERS_PYTHON, "by_ics"), 20),
    "vobject": Side(python(PEERS_PYTHON, "by_vobject"), 4),
    "ical-generator": Side(("node", HERE / "by_ical_generator.mjs"), 18),
    "ical.js": Side(("node", HERE / "by_icaljs.mjs"), 146),
    "libical": Side((HOME / "by_libical",), 182, behind=(HERE / "vtimezone.txt",)),
}


def run(name: str, mode: str, roster: Path) -> bytes:
    """What the side prints. In UTC, so that this machine's zone decides nothing. Raises CannotRunError."""
    side = SIDES[name]
    environment = os.environ | {"TZ": "UTC", "DOSECAL_PEERS_HOME": str(HOME)}
    command = [*side.command, mode, roster, *side.behind]
    try:
        return subprocess.run(command, env=environment, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", b"") or str(error).encode()).decode(errors="replace").splitlines()
        why = next((line for line in reversed(said) if "Error" in line), said[-1])
        raise CannotRunError(f"{name} cannot be run here; setup.sh installs the peers ({why})") from error
