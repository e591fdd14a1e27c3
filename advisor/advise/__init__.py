"""Loads, runs the checks, decides: a recommendation from a requirements file."""
