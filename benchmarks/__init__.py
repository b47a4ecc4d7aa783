"""What speed is claimed by: runnable by anyone, against the real program."""
