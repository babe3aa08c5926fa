"""What the agent's half of a glance costs, without network or browser."""
