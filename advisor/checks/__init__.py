"""Checks: neutral steps that anyone can read, one property each, judged from what is observed.

Knows no broker, no option and no claim.
"""
