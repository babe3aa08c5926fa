"""The desk: home of conversations, and the one arbiter of who owns each."""
