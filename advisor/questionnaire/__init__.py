"""Asks for the requirements on a terminal."""
