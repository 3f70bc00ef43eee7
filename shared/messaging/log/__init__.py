"""The event log: topics cut into partitions, read by groups. One port, one adapter per kind of machinery."""
