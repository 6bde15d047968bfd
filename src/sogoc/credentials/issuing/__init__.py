"""From a checked list to register lines: prepare, approve, print, sign, issue."""
