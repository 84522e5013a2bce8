"""Directives: receives facts, registers or refuses them, and shows what operators ask for."""
