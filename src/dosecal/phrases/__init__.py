"""The phrase language: short phrases for timing and amounts, from text to trees (`timing`, `rules`, `amounts`) and back (`spell`)."""
