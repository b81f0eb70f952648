"""A schedule written as text: one module a format; the only door to icalendar and pendulum."""
