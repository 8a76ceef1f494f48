"""What people see: pages made on the server, which work without any script.

A page is a route in `routes/`, a template in `templates/`, and its line in `navigation.py` if it
is to be found from everywhere. `shell.py` is what all of them stand in.
"""
