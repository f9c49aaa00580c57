"""What templates need to show states, figures, dates and names."""
