"""What the company of a comment says about it: repeats, campaigns, bursts.

A separate score with reasons, from author, post and time where they are given. It reads no
label and changes none.
"""
