"""The doors: HTTP, people, sealing, live rows, the command line and the exercise."""
