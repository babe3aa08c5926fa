"""Idle links in one process: what they cost beside bare trio-websocket over the same TLS."""
