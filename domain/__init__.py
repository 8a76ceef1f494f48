"""What is true about doti: pure rules, no I/O, no clock, no randomness."""
