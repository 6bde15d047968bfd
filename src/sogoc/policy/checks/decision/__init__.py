"""The decision, the exam and the list behind an issue."""
