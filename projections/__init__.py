"""What people see: tables built from the log, to be thrown away and built again at will."""
