"""How Open Door is put somewhere: images, servers, settings. Nothing here is imported by the product itself."""
