"""The demonstration: plays a month of directives on the running system, from outside, and checks what must always hold."""
