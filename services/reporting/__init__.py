"""What happens after the findings: recommendations, replies, checks, documents, and telling volunteers."""
