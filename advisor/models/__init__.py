"""Executable models of the brokers, in the brokers' own words; standard library only."""
