"""The life of a credential: applets log, register, blanks, issuing, disclosure, lifecycle, sweep."""
