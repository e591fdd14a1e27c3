"""How results are put into words: what reports and records say alike, without any layout.

Titles, sentences, and which rival and which evidence a person should be shown. Texts are not
escaped here: whoever shows them does.
"""
