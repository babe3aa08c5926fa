"""The nodes that this one knows and how to reach them."""
