"""What people do with reporting: one function per thing, each of them one transaction."""
