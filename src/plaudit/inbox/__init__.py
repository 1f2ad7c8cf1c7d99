"""What providers tell, those who take payments and those who pay out: kept as it came, applied once, in any order."""
