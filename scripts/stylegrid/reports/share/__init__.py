"""What is sent to others: one HTML file of pictures, and an archive of them."""
