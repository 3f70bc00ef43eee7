"""Real servers that tests start on loopback and stop again: nothing here is a stand-in."""
