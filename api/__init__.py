"""Everything that people and programs meet, in rooms; each is entered by the names of its front."""
