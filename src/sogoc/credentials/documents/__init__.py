"""Documents of the register: see README.md."""
