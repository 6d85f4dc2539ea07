"""What every form of the data shares: the picture's side and the splits."""

SIDE = 48
SPLITS = ("Training", "PublicTest", "PrivateTest")  # by their code in `usage`
