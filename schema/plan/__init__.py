"""The read engine. Today: a plain batching executor over flat SQL; the declarations it serves are schema/base's."""
