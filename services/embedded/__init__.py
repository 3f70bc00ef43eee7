"""The three services in one tree of processes behind one address, on the machinery that needs no server."""
