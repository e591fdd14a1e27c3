"""A team's requirements file: its vocabulary, reading, validating, writing."""

from advisor.requirements.contradictions import contradictions
from advisor.requirements.loading import load_requirements, validate
from advisor.requirements.starter import starter_text
from advisor.requirements.versions import modelled_versions, version_bounds
from advisor.requirements.vocabulary import (
    derived_needs,
    product_of,
    question,
    team_path,
    vocabulary,
)
from advisor.requirements.writing import render

__all__ = [
    "contradictions",
    "derived_needs",
    "load_requirements",
    "modelled_versions",
    "product_of",
    "question",
    "render",
    "starter_text",
    "team_path",
    "validate",
    "version_bounds",
    "vocabulary",
]
