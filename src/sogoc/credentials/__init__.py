"""The life of a credential, in applets from the log at the bottom to the sweep at the top."""
