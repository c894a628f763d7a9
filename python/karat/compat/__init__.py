"""Modules that take the place of other packages: the same names, signatures, return types and figures,
computed by karat. Change the import and nothing else:

    from karat.compat.rouge_score import rouge_scorer
    from karat.compat.seqeval.metrics import classification_report
    from karat.compat import sacrebleu
"""
