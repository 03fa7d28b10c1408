"""Who may do what: people, roles, keys, sessions."""
