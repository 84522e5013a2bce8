"""Simulation: the services' real handlers on one simulated clock, log and database, with crashes at any step, repeatable from a seed."""
