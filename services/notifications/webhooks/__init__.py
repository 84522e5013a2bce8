"""Webhooks: signed as Standard Webhooks 1.0 has it, sent only where the installation allows, kept by units and operators."""
