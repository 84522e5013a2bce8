"""The deadlines service: computes when duties fall due, keeps their timers and says what became of them."""
