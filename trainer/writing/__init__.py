"""Teaching a small network where sentences end and which words take capitals."""
