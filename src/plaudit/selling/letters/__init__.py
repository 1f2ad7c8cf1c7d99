"""What buyers are mailed: the words of each mail, made from what is kept when it is sent."""
