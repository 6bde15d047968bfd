"""Who may issue what, and who may sign it."""
