"""A record replayed entry by entry -> the schedule as it stands, each event with the entries that changed it, cancelled ones kept."""
