"""The object store: photos as they came, cleaned copies, documents."""
