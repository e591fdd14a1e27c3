"""Capacity laws: what a design carries, calculated from published measurements, with a band.

``load_capacity(rules_folder() / "capacity")`` gives a book; ``book.assess`` one estimate,
``book.judge`` the verdict on a claim. Pure arithmetic: the same answers, the same numbers.

What the laws do not explain, and therefore nobody is told as a number: the 99th percentile of a
broker (a band around measured ones, three times wider), Kafka under many producers that wait for
each send, the cost of very many partitions (a threshold of warning), how a quorum queue's fsyncs
are grouped, and how results move between processors (the band of the confidence rule).
"""

from advisor.capacity.book import CapacityBook, NotCalibrated, load_capacity
from advisor.capacity.calibration import Gap
from advisor.capacity.check import CapacityCheck, read_check
from advisor.capacity.measures import Estimate

__all__ = [
    "CapacityBook",
    "CapacityCheck",
    "Estimate",
    "Gap",
    "NotCalibrated",
    "load_capacity",
    "read_check",
]
