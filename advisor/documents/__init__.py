"""Everything that touches files: YAML in, JSON Schemas, whole files out.

The only folder that imports yaml and jsonschema.
"""

from advisor.documents.document import Data, Document
from advisor.documents.escape import did_you_mean, escape_text, nearest, quoted
from advisor.documents.extents import Extent, extents
from advisor.documents.folders import examples_folder, rules_folder, schemas_folder
from advisor.documents.reading import read_yaml
from advisor.documents.schema import check_schema, schema_of
from advisor.documents.writing import write_whole

__all__ = [
    "Data",
    "Document",
    "Extent",
    "check_schema",
    "did_you_mean",
    "escape_text",
    "examples_folder",
    "extents",
    "nearest",
    "quoted",
    "read_yaml",
    "rules_folder",
    "schema_of",
    "schemas_folder",
    "write_whole",
]
