"""Who is at work, in what state, since when."""
