"""What the web part of directives is told by the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from shared.environment import required


@dataclass(frozen=True)
class Settings:
    """The key that publishing over HTTP needs."""

    api_key: str

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings, or raise ConfigurationError."""
        return cls(api_key=required("DONDOC_API_KEY", environ))
