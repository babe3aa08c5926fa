"""The local page and API: loopback only, one door to the node's commands, no rules of its own."""
