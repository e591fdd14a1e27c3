"""Loads a requirements file: what is stated, what is assumed, what is unknown."""
