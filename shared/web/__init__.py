"""What the web apps have in common: one look, one form of errors, one way to be put together."""
