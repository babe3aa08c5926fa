"""Who may do what: the site's authority, identities, grants, signed documents, TLS contexts."""
