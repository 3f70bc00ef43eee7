"""The judgement: what visits add up to, what is found in that, and how much of it who may see."""
