"""Calls, the supervisors who assist in them, and agents who ask for help."""
