"""What is said to be modelled is read from the models."""

import pytest

from advisor.models.kafka.unmodelled import Gap
from advisor.subjects.coverage import SYSTEMS, coverage


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_tells_its_releases_gaps_and_variants(system: str) -> None:
    """Each has a first and a last release, something left out, and designs with variants."""
    covered = coverage(system)
    assert len(covered.releases) > 1
    assert covered.gaps
    assert all(design.startswith(f"{system}.") for design in covered.variants)


def test_every_gap_of_kafka_is_listed_once() -> None:
    """The list has as many entries as the enumeration has members."""
    assert len(coverage("kafka").gaps) == len(Gap)
