"""Where facts and bytes are kept: one database per service, and an object store."""
