"""What a review looks like: the course chart, the HTML page, the terminal page, JSON."""
