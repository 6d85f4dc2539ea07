"""The models of the source documents, as recipes that train and are judged under our protocol.

PyTorch is imported by `network`, `views`, `fit`, `linear_svm` and `train` only.
"""
