"""Sample windows that look like an agent's desk: tickets, a chat, a clock with the day's figures."""
