"""The words: values, codes, commands, facts, turns and views. Imports nothing of ours."""
