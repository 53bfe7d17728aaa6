"""The server: the page and the answers of the command line over HTTP, for readers alone."""
