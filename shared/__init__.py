"""The product's own library: what the services have in common; it knows none of them."""
