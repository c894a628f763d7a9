//! Which values of well-known metrics of other harnesses are better.

use super::ScoreFormat;
use crate::metric::Direction;

/// Metrics where lower values are better: errors, distances, losses, harms and costs.
const LOWER: &[&str] = &[
    "ber",
    "bias",
    "bits_per_byte",
    "brier_score",
    "byte_perplexity",
    "calibration_error",
    "cer",
    "cost",
    "ece",
    "edit_distance",
    "error_rate",
    "hallucination",
    "hamming_distance",
    "inference_runtime",
    "latency",
    "latencyms",
    "levenshtein",
    "loss",
    "mae",
    "max_prob_error",
    "mean_absolute_error",
    "mean_squared_error",
    "mer",
    "misuse",
    "mse",
    "noise_sensitivity",
    "noise_sensitivity_irrelevant",
    "noise_sensitivity_relevant",
    "perplexity",
    "pii_leakage",
    "refusal_rate",
    "rmse",
    "role_violation",
    "ter",
    "toxic_frac",
    "toxicity",
    "wer",
    "word_perplexity",
];

/// Metrics where higher values are better.
const HIGHER: &[&str] = &[
    "acc",
    "acc_norm",
    "accuracy",
    "answer",
    "answer_accuracy",
    "answer_correctness",
    "answer_relevancy",
    "answer_similarity",
    "bleu",
    "bleu_1",
    "bleu_4",
    "bleu_score",
    "chrf",
    "chrf_score",
    "classification_macro_f1",
    "context_entity_recall",
    "context_precision",
    "context_recall",
    "context_relevance",
    "context_relevancy",
    "context_utilization",
    "contextual_precision",
    "contextual_recall",
    "contextual_relevancy",
    "correct",
    "correctness",
    "em",
    "exact",
    "exact_match",
    "f1",
    "f1_score",
    "factual_correctness",
    "faithfulness",
    "grade",
    "includes",
    "iou_set_match",
    "json_correctness",
    "llm_context_precision_with_reference",
    "match",
    "model_graded_fact",
    "model_graded_qa",
    "non_llm_string_similarity",
    "pass",
    "pass_1",
    "pass_at_1",
    "pattern",
    "precision",
    "prefix_exact_match",
    "quasi_exact_match",
    "quasi_prefix_exact_match",
    "recall",
    "response_groundedness",
    "response_relevancy",
    "rouge1",
    "rouge2",
    "rougel",
    "rouge_1",
    "rouge_2",
    "rouge_l",
    "rouge_score",
    "score",
    "semantic_similarity",
    "string_present",
    "success",
    "summarization",
    "task_completion",
    "tool_call_accuracy",
    "tool_correctness",
    "topic_adherence",
];

/// Metrics of deepeval that are named after a harm. deepeval scores how much of the answer is free
/// of it, and a case passes with a score of at least the threshold (deepeval 4.3.1,
/// `metrics/utils/qag.py` and `metrics/base_metric.py`). Other tools score the harm itself.
const HIGHER_IN_DEEPEVAL: &[&str] = &["bias", "hallucination", "misuse", "pii_leakage", "role_violation", "toxicity"];

/// Beginnings of the names of HELM's statistics that describe a request and are no scores.
const DESCRIPTIVE: &[&str] = &[
    "batch_size",
    "denoised_runtime",
    "estimated_num_tokens_cost",
    "finish_reason_",
    "logprob",
    "num_",
    "prompt_truncated",
    "predicted_index",
    "training_",
    "max_prob",
    "inference_denoised",
    "inference_idealized",
];

/// Returns which values of a metric in a log of a format are better; `None` if the name is not
/// known. The names of filters and of parameters, as in `exact_match,strict-match`, do not matter.
pub(super) fn known(metric: &str, format: ScoreFormat) -> Option<Direction> {
    let bare = metric.split([',', '(', '[']).next().unwrap_or_default().trim().to_lowercase();
    let name: String = bare.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let name = name.trim_matches('_');
    if format == ScoreFormat::Helm && DESCRIPTIVE.iter().any(|start| name.starts_with(start)) {
        return Some(Direction::Descriptive);
    }
    let is_in = |names: &[&str]| names.contains(&name);
    if format == ScoreFormat::Deepeval && is_in(HIGHER_IN_DEEPEVAL) {
        return Some(Direction::Higher);
    }
    if is_in(LOWER) { Some(Direction::Lower) } else { is_in(HIGHER).then_some(Direction::Higher) }
}

#[cfg(test)]
mod tests {
    use super::known;
    use crate::metric::Direction;
    use crate::sample_scores::ScoreFormat::{Deepeval, Helm, LmEval, Ragas, Table};

    #[test]
    fn names_are_known_in_the_spelling_of_each_tool() {
        for (name, format, expected) in [
            ("exact_match,strict-match", LmEval, Some(Direction::Higher)),
            ("Answer Relevancy", Deepeval, Some(Direction::Higher)),
            ("factual_correctness(mode=f1)", Ragas, Some(Direction::Higher)),
            ("noise_sensitivity", Ragas, Some(Direction::Lower)),
            ("noise_sensitivity(mode=relevant)", Ragas, Some(Direction::Lower)),
            ("noise_sensitivity_relevant", Ragas, Some(Direction::Lower)),
            ("noise_sensitivity_irrelevant", Ragas, Some(Direction::Lower)),
            ("Hallucination", Deepeval, Some(Direction::Higher)),
            ("PII Leakage", Deepeval, Some(Direction::Higher)),
            ("hallucination", Table, Some(Direction::Lower)),
            ("num_prompt_tokens", Helm, Some(Direction::Descriptive)),
            ("num_prompt_tokens", Table, None),
            ("training_accuracy", Table, None),
            ("mine", Table, None),
        ] {
            assert_eq!(known(name, format), expected, "{name} of {format:?}");
        }
    }
}
