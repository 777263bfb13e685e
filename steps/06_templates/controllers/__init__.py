"""The controllers of this application, a module each."""
