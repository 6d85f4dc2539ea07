"""Training, export and evaluation of the classifier.

PyTorch is imported by `augment`, `network`, `fit` and `train` only, onnx by `onnx_export` only.
"""
