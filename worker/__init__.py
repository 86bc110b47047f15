"""The service: queue, job folder, reader, tables. Composes segmentation and model."""
