"""Journeys of people through a running gate, in Chromium: what they see, type and press."""
