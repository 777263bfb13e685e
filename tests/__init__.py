"""The tests: a folder a step, one for `final/`, and `course/` for the course's own machinery."""
