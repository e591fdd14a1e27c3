"""Loads rules/ into the values of the domain, and compiles its conditions."""
