"""A large team on one supervisor's dashboard: what it costs the node and the page, beside a bare relay."""
