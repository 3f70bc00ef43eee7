"""The shapes that intake takes in, checked before any rule is asked."""
