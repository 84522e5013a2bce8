"""The tools of the project's folder (`deploy`), which an installed package or a container does not have."""

import importlib
from typing import Any

from shared.errors import ConfigurationError


def load_tool(name: str) -> Any:  # noqa: ANN401  a module that is known only where the project's folder is
    """Return a module of `deploy`, or raise ConfigurationError where it, or what it needs, is not there."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        what = f"{error.name} is not installed"
        raise ConfigurationError(f"{what}: this command runs in the project's folder, after `python3 -m deploy.local.bootstrap`") from error
