"""ROUGE as rouge-score 0.1.2 computes it, equal in every bit."""
