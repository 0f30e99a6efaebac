"""Other processes: forked children, and those that multiprocessing starts anew."""
