"""What the site's admin has signed, spread from node to node."""
