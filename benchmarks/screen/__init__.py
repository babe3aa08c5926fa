"""Screen sharing measured glass to glass, beside its peers."""
