"""The engine for several machines: commands and turns on Kafka, the board in Redis."""
