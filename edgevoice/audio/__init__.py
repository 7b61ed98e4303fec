"""Sound as values: chunks, frames, files, rates. This room imports nobody."""
