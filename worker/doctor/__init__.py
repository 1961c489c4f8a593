"""`python -m worker.doctor`: looks at an installation from outside in and says what to do. Changes nothing."""
