"""Paper books into the register: pages, two keyings, minutes, lines."""
