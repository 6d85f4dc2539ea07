"""The duty of an alert: who has it, until when, who hears of it next.

`transitions` is the one table of its life.
"""
