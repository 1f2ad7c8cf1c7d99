"""What creators received, summed by day, room, item and supporter: a follower of the books that can begin anew."""
