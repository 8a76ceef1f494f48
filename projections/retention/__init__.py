"""The list of what is to be erased: because somebody asked, or as its time is over."""
