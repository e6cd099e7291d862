"""What the build adds to a checkout, for a wheel and for an editable install: the compiled texts (.mo)."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledTexts(BuildHookInterface[Any]):
    """Compiles the catalogues before the files of the package are gathered."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - as hatchling calls it
        """Called by hatchling; a catalogue that cannot be compiled stops the build."""
        sys.path.insert(0, str(Path(self.root) / "src"))
        from wutong.control.pages.translations import compile_all

        compile_all()
