"""Texts in bodies, as PostgreSQL can keep them."""

from typing import Annotated

from pydantic import Field

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""Any text but one with the character U+0000, which no text of PostgreSQL holds."""
