"""How much waits in each queue of the house, since when, and what failed: for operators, command line and metrics."""
