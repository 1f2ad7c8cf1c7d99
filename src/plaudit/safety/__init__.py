"""Fraud found by rules that a person can read, scored with evidence, and looked into by people."""
