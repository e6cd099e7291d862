"""FHIRPath Patch on trees of `json_text`: decimals keep their digits (README.md)."""

from wutong.record.patches.apply import PathPatch
from wutong.record.patches.reading import read

__all__ = ["PathPatch", "read"]
