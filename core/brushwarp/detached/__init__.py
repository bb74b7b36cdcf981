"""A training as a process of its own: it outlives the dialog that began it, and gives way to whoever paints."""
