"""Measures the product on this machine: against peers that do the same work, and by itself (`make bench`)."""
