"""Capacity laws with their calibration and error bands."""
