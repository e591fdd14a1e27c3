"""What the model of each system covers: its releases, its designs with their variants, its gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from importlib import import_module

from advisor.subjects.open import PACKAGES

SYSTEMS = tuple(name for name in PACKAGES if name != "none")


@dataclass(frozen=True, slots=True)
class Coverage:
    """One system. ``variants``: by design, each with one line; ``gaps``: by name, what each is."""

    system: str
    releases: tuple[str, ...]
    variants: Mapping[str, Mapping[str, str]]
    gaps: Mapping[str, str]


def coverage(system: str) -> Coverage:
    """What is modelled of ``system``, one of ``SYSTEMS``; read from the model itself."""
    gaps: type[Enum] = import_module(f"advisor.models.{system}.unmodelled").Gap
    releases = import_module(f"advisor.models.{system}.versions").RELEASES
    return Coverage(
        system=system,
        releases=tuple(str(release) for release in releases),
        variants=import_module(PACKAGES[system]).VARIANTS,
        gaps={gap.name.lower().replace("_", "-"): str(gap.value) for gap in gaps},
    )
