"""The shape of a dose taken at home -> the VTODO beside its VEVENT, with holes (RFC 5545 3.6.2; ics rule 17)."""

from icalendar import Todo as VTodo
from icalendar.prop import vCategory

from dosecal.write import mould
from dosecal.write.vevents import WIDTHS, Shape, add_what_every_component_has, parameters_of


def vtodo(shape: Shape) -> VTodo:
    """The VTODO of a shape, with holes: due on the event's date, or when the event begins.

    It has no DTSTART: DUE must then be later (RFC 5545 3.8.2.3), so a dose of Monday would read as due on Tuesday. It has no alarm: the
    event beside it has one. That it is to be done is left unsaid, so that importing a file says nothing about what was ticked off.
    """
    task = VTodo()
    task.add("DUE", mould.holed_text(mould.hole(mould.START, WIDTHS[shape.clock]), parameters_of(shape)))
    add_what_every_component_has(task, shape)
    if shape.cancelled:
        task.add("STATUS", mould.text("CANCELLED"))
    task.add("CATEGORIES", vCategory([mould.text(shape.category)]))
    return task


def in_order_of_writing(summary: str, description: str) -> str:
    """The texts in the order in which icalendar writes them into a VTODO: other than in a VEVENT, by the names of their properties."""
    return description + summary
