"""Where things are: datum, places, divisions, distance and the nearest of a kind."""
