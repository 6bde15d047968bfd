"""Following a log from outside: its files alone, over HTTP or in a folder; see README.md."""
