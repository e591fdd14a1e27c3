"""Frozen values on the standard library, shared by every layer; imports nothing of the project."""
