"""The bank's side as people see it: statements, lines with what is open of them, matches."""
