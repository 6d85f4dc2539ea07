"""The demonstration: two clinics with their cast, synthetic history, and one real check-in."""
