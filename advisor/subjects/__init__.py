"""Performs scenarios: one session for each technology, on a model or on a live broker."""
