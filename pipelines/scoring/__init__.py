"""How townships are scored: values and records in, points and their derivation out."""
