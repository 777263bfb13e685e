"""The learner's command: `python3 -m course ...`. See `cli.py` for the table of subcommands."""
