"""Benchmarks: what this machine does with the real engine, against yardsticks taken in the same run."""
