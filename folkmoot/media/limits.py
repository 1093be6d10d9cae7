"""How large and of which kind a file may be. A place with better lines or older phones changes this."""

max_photo_bytes = 12_000_000  # as sent; what is kept is re-encoded and far smaller
max_photo_pixels = 50_000_000  # a small file can unfold into gigabytes: the head of the file is asked first
photo_formats = ("JPEG", "PNG", "WEBP")
photo_side_px = 2048
thumb_side_px = 480
photo_quality = 82
max_document_bytes = 10_000_000
max_caption_letters = 200
loose_hours = 24  # a file that was attached to nothing is erased after this

# For the `accept` attribute of file fields: the browser offers the right files and turns HEIC into JPEG.
accepted_photos = "image/jpeg,image/png,image/webp"
accepted_documents = "application/pdf"
