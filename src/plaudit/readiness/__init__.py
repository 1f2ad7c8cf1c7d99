"""Whether this installation can do its work: checks of everything a first paid gift needs, and what mends each."""
