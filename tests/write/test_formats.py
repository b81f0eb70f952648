"""The formats that a schedule can be printed in."""

import subprocess
import sys

import pytest

from dosecal.write.formats import FORMATS
from tests.write.schedules import interferon_arm


@pytest.mark.parametrize("name", ["table", "csv", "json", "html"])
def test_every_format_writes_text_that_ends_in_one_newline(name: str) -> None:
    text = FORMATS[name].writer()(interferon_arm())
    assert text.endswith("\n")
    assert not text.endswith(("\n\n", "\n\r\n"))


@pytest.mark.parametrize("name", ["table", "csv", "json", "html"])
def test_a_format_folds_if_and_only_if_it_says_so(name: str) -> None:
    form = FORMATS[name]
    if form.can_fold:
        assert len(form.writer()(interferon_arm(), fold=True)) < len(form.writer()(interferon_arm()))
    else:
        with pytest.raises(ValueError, match="cannot fold"):
            form.writer()(interferon_arm(), fold=True)


@pytest.mark.parametrize(("name", "heavy"), [("json", []), ("csv", []), ("table", ["pendulum"]), ("html", ["pendulum"])])
def test_a_format_imports_only_the_heavy_libraries_that_it_needs(name: str, heavy: list[str]) -> None:
    program = (
        f"import sys; from dosecal.write.formats import FORMATS; FORMATS[{name!r}].writer(); "
        "print(*({'icalendar', 'pendulum', 'rich', 'holidays', 'pydantic', 'numpy'} & sys.modules.keys()))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.split() == heavy
