"""Seeing an agent's screen."""
