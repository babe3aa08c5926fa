"""Conversations at an agent's node, and a supervisor's hand in them."""
