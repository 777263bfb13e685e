"""What the tests share: targets, the wire, demos in a process, databases, readable failures."""
