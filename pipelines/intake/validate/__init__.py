"""The rules that typed rows must keep."""
