"""What the coordinator's pages of the programme show, beside their routes."""
