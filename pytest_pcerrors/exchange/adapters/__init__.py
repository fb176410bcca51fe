"""Response objects of clients and frameworks, and recorded ones, as exchanges."""
