"""`python -m tests.refusals.rewrite`: write anew what every case prints, and docs/errors.md; to be read as a diff."""

import tempfile
from pathlib import Path

from tests.refusals.cases import cases, outcome, shown
from tests.refusals.page import PAGE, page


def rewrite() -> None:
    """Run every case and write its NAME.txt, then docs/errors.md from all of them."""
    for case in cases():
        with tempfile.TemporaryDirectory() as folder:
            case.expected.write_text(shown(case, outcome(case, Path(folder))), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
