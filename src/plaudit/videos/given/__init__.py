"""What was given on videos and stands: when, what, by whom. A follower of the books that can begin anew."""
