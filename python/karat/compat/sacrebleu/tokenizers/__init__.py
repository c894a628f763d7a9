"""The tokenizers of sacreBLEU 2.6.0 that karat has as functions of their own."""
