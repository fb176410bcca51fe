"""Answers to requests, shared by the server and the simulation in process: what is sent, its faults, and the rules that choose it."""
