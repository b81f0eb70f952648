"""A record's entries -> a chain of hashes, so that an entry changed or removed inside it is found."""
