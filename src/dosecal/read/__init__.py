"""Reading: the text of a regimen, participant or site file -> nodes with positions -> typed data, all errors at once."""
