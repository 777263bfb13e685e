"""The same small site three times, for page.py: on rung, on Flask and on Bottle."""
