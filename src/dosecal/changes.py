"""Two schedules of one participant -> what changes from the first to the second."""
