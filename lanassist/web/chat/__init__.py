"""The customers' chat page: a listener of its own on the LAN, with nothing of the local API behind it."""
