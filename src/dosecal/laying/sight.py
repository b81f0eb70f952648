"""Whom a schedule or a calendar is for -> what they may see of it, also where the arm is hidden and therefore not said."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, get_args

from msgspec import Struct
from msgspec.structs import replace

from dosecal.audience import hidden_from, seen
from dosecal.diagnostic import Diagnostic, Misused, Refused
from dosecal.laying.files import Laying
from dosecal.participant import Participant
from dosecal.read.regimen import RegimenFile
from dosecal.regimen import Audience, Hidden, Regimen
from dosecal.schedule import Schedule

if TYPE_CHECKING:
    from dosecal.follow import Alone

UNBLINDED: Final = "unblinded"
Lay = Callable[[Participant], Schedule]


class Sight(Struct, frozen=True):
    """An audience, and what is hidden from it."""

    audience: Audience
    hidden: Hidden | None

    def of(self, schedule: Schedule) -> Schedule:
        """What the audience may see of a schedule."""
        return seen(schedule, self.audience, self.hidden)

    def laying(self, lay: Lay) -> Lay:
        """Lays out what a blinded audience may see, so that what an entry changes in secret is no change in their calendar."""
        return lay if self.hidden is None else lambda participant: self.of(lay(participant))


EVERYTHING: Final = Sight("site", None)


def sight_of(choice: str, regimens: Iterable[Regimen]) -> Sight:
    """What the audience chosen may see of a participant on these versions of a protocol: the strictest blinding holds."""
    audience = next((one for one in get_args(Audience) if one == choice), None)
    return EVERYTHING if audience is None else Sight(audience, hidden_from(audience, (regimen.blinding for regimen in regimens)))


def followed(participant: Participant, lay: Lay, alone: "Alone | None" = None) -> Schedule:
    """The schedule with what its record changed and cancelled; as it is where there is no record to follow. Raises Refused."""
    if not participant.record:
        return lay(participant)
    from dosecal.follow import follow  # noqa: PLC0415  (only a participant with a record needs it)

    return follow(participant, lay, alone)


def plan_of(participant: Participant, lay: Lay, sight: Sight) -> Schedule | None:
    """The schedule with nothing of the record, or with the least of it that can be laid out; None where only all of it can be.

    The series of a compact calendar are found there.
    """
    for count in range(len(participant.record)):
        try:
            return sight.of(followed(replace(participant, record=participant.record[:count]), lay))
        except Refused:
            continue
    return None


def with_an_arm(participant: Participant, laying: Laying, sight: Sight) -> Participant:
    """A participant whose arm is not said, in any arm: whoever may not know it sees the same in all. Raises Misused or Refused if not."""
    from dosecal.telling import alike, told_apart  # noqa: PLC0415  (only for an arm that is not said)

    schedules: dict[str, Schedule] = {}
    refused: list[Diagnostic] = []
    for arm in laying.read.regimen.arms:
        try:
            schedules[arm.name] = sight.of(followed(replace(participant, arm=arm.name), sight.laying(laying.afresh().schedule)))
        except Refused as one:
            refused += one.diagnostics
    if not schedules:
        raise Refused(dict.fromkeys(refused))
    if refused:
        arms = ", ".join(arm.name for arm in laying.read.regimen.arms)
        message = f"the arm is not named, and not every arm can be laid out: {refused[0].message}"
        raise _arm_is_needed(laying, message, f"give what it needs, or name the arm: {arms}")
    words = told_apart(schedules)
    if words is not None:
        groups = [" or ".join(arms) for arms in alike(schedules)]
        mend = "name one" if len(groups) == len(schedules) else "name one; those that look alike give the same file"
        message = f"the arm is not named, and what the {sight.audience} may see tells {words}"
        raise _arm_is_needed(laying, message, f"{mend}: {', or '.join(groups)}")
    return replace(participant, arm=laying.read.regimen.arms[0].name)


def _arm_is_needed(laying: Laying, message: str, mend: str) -> Misused | Refused:
    if laying.own is None:
        return Misused("--arm", "arm", message, mend)
    return Refused([laying.placed(Diagnostic("arm", message, mend))])


def revealed(sight: Sight, read: RegimenFile) -> tuple[Diagnostic, ...]:
    """What still tells the arms apart, for the one who hands the file on; nothing where nothing is hidden, or nothing tells."""
    if sight.hidden is None:
        return ()
    from dosecal.blinding import revealed_to  # noqa: PLC0415  (only where something is hidden)

    return tuple(read.locate(note) if note.path else note for note in revealed_to(read.regimen, sight.audience))
