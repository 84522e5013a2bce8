"""Letters in: a letter's text is read into proposed facts, each value with its place, and what is unclear becomes a question."""
