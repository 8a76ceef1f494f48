"""What is to be paid, what is on its way, and what went out; and the batches that it goes in."""
