"""What people do with intake: one function per thing, each of them one transaction."""
