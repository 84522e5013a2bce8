"""Who may do what: accounts of people, their sessions, keys of publishers, and the audit log; service data in the schema `identity`."""
