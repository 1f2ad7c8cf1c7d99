"""Cards, devices and addresses that accounts were seen with, as keyed hashes: who may be one person."""
