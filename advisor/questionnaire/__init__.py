"""Asks a person for the requirements, in a terminal, and gives back what a file would state.

``interview`` decides what is asked and what an answer means, with any ``Prompter``;
``terminal`` is the one that people see.
"""
