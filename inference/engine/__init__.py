"""The engine: bytes of an image in, a reading out. Pure: no Django, no database.

Public: `load_engine`, `Engine`, `FaceReading`, `Timings` (reading.py), `Quality` (quality.py),
`load_package`, `ModelPackage` (package.py), `Decoder` (decode.py) and what errors.py names.
Nothing is imported here: the decoding child and the start-up checks must not load OpenCV and ONNX Runtime.
"""
