"""What an audience may see -> what stands in their tables, pages and data: a calendar hashes names into UIDs, these would print them."""

from msgspec.structs import replace

from dosecal.languages import Say, english
from dosecal.regimen import Audience
from dosecal.schedule import Schedule
from dosecal.write.wording import participant_item


def discreet(schedule: Schedule, audience: Audience, say: Say = english) -> Schedule:
    """The schedule as it is printed for `audience`; `schedule` is what dosecal.audience leaves.

    A participant reads the calendar's own titles in the place of items, and no study, id, key or note. A rater reads no key: the key of
    what is tied to a dose names the dose. A site reads everything that is left.
    """
    if audience == "site":
        return schedule
    if audience == "rater":
        return replace(schedule, events=tuple(replace(event, key="") for event in schedule.events), absent=(), beyond=())
    return replace(
        schedule,
        study="",
        participant=None,
        events=tuple(replace(event, item=participant_item(event, say), key="") for event in schedule.events),
        notes=(),
        absent=(),
        beyond=(),
    )
