"""What proves itself to anybody: documents and names that are asked about, and what is published, signed."""
