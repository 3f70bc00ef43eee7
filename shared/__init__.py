"""What all three services stand on. It knows no service; a room is added here only by an ADR."""
