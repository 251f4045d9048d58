"""The gallery page: rows, details, thumbnails, and the page that shows them."""
