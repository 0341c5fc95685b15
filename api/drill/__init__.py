"""Players of an exercise: clients of the real doors, each with its own session and stream."""
