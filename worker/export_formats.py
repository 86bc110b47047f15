"""What `models export` can be asked for, known without loading what writes it."""

__all__ = ["EXPORT_FORMATS", "EXPORT_SUFFIXES"]

#: What the name of each format's file ends in; empty for a folder. In the order of the help text.
EXPORT_SUFFIXES = {
    "keras": ".keras",
    "h5": ".h5",
    "savedmodel": "",
    "tflite": ".tflite",
    "tflite-int8": ".tflite",
    "onnx": ".onnx",
    "tfjs": "",
}

EXPORT_FORMATS = tuple(EXPORT_SUFFIXES)
