"""--audience: the option that says whom a schedule or a calendar is for."""

from collections.abc import Callable
from typing import Any, Final, get_args

import click

from dosecal.laying.sight import UNBLINDED
from dosecal.regimen import Audience

_HELP: Final = (
    "participant: discreet titles, no drug, dose, arm, study or site; site: everything that the regimen's blinding leaves; "
    "rater: no treatment; unblinded: everything."
)


def audience_option(default: Audience) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option --audience of a command that writes for people."""
    choice = click.Choice([*get_args(Audience), UNBLINDED])
    return click.option("--audience", type=choice, default=default, show_default=True, help=_HELP)
