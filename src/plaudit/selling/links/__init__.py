"""Links that lead buyers out of an app to the web: which order began with which."""
