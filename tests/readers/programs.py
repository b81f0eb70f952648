"""What the readers need that is no Python package: ical.js (by npm), and C programs that are compiled against libical; once a machine."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

import pytest

HERE = Path(__file__).parent
_PACKAGE_FILES = ("package.json", "package-lock.json")
_USER = os.getuid() if hasattr(os, "getuid") else "user"


def leave_out(reason: str) -> NoReturn:
    """Skip the test, which says why; fail in CI, where nothing is left out but libical, and that only where .ci/run could not get it."""
    if os.environ.get("CI") and not ("libical" in reason and os.environ.get("DOSECAL_WITHOUT_LIBICAL")):
        pytest.fail(reason)
    pytest.skip(reason)


@lru_cache(maxsize=1)
def icaljs_folder() -> Path:
    """The folder with ical.js as package-lock.json pins it. Leaves the test out where npm or the package cannot be had."""
    if not shutil.which("node") or not shutil.which("npm"):
        leave_out("ical.js needs node and npm, which are not on this machine: Thunderbird's reading of the files is left unchecked")
    pinned = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in _PACKAGE_FILES)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"dosecal-test-readers-{_USER}-{pinned}"
    if not (folder / "complete").exists():
        _install(folder)
    return folder


def _install(folder: Path) -> None:
    building = Path(tempfile.mkdtemp(prefix="dosecal-test-readers-"))
    for name in _PACKAGE_FILES:
        shutil.copy(HERE / name, building)
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=building, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        shutil.rmtree(building)
        leave_out(f"npm could not install ical.js, so Thunderbird's reading of the files is left unchecked: {done.stderr.strip()[-300:]}")
    (building / "complete").touch()
    try:
        building.rename(folder)
    except OSError:  # another test run was faster
        shutil.rmtree(building)


@lru_cache(maxsize=4)
def libical_program(source: str) -> Path:
    """A C source of this folder, compiled. Leaves the test out where there is no compiler or no libical."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        leave_out("libical needs a C compiler, which is not on this machine: Evolution's reading of the files is left unchecked")
    named = hashlib.sha256((HERE / source).read_bytes()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"dosecal-test-c-readers-{_USER}-{named}"
    program = folder / "program"
    if not program.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        building = Path(tempfile.mkdtemp(dir=folder)) / "program"
        done = subprocess.run([compiler, "-O1", "-o", building, HERE / source, "-lical"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            shutil.rmtree(folder)
            leave_out(f"libical-dev cannot be had, so Evolution's reading of the files is left unchecked: {done.stderr.strip()[-300:]}")
        building.replace(program)
        building.parent.rmdir()
    return program
