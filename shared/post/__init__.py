"""Letters to people: a port with two ways of carrying them, by a mail server or into a folder."""
