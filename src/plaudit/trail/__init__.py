"""The trail: who with power over others did, tried and read what; its chain, and the signed heads of all chains."""
