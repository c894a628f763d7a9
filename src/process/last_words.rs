//! Chooses the lines of standard error that explain why a program failed.
//!
//! The last lines are often not the reason: stack frames follow the exception in Java and Node, and
//! warnings of interpreters that shut down follow it in Python.

/// Largest number of lines with exceptions that are chosen.
const MOST_EXCEPTIONS: usize = 3;
/// The endings of names of exceptions.
const NAMES: [&str; 5] = ["Error", "Exception", "Interrupt", "Panic", "Fault"];
/// Beginnings of lines that report the end of a program.
const BEGINNINGS: [&str; 8] = [
    "Exception in thread",
    "Caused by:",
    "Fatal Python error",
    "fatal error:",
    "FATAL",
    "panic:",
    "Segmentation fault",
    "Uncaught ",
];

/// Returns the indices of up to `most` lines that show why a program failed: the last exceptions
/// with what follows them, without stack frames; or the last lines, if there is no exception.
pub(super) fn last_words(lines: &[&str], most: usize) -> Vec<usize> {
    let exceptions: Vec<usize> = (0..lines.len()).filter(|at| is_exception(lines[*at])).collect();
    let Some(last) = exceptions.last() else { return (lines.len().saturating_sub(most)..lines.len()).collect() };
    let first = exceptions.len().saturating_sub(MOST_EXCEPTIONS.min(most));
    let mut chosen = exceptions[first..].to_vec();
    let after = (last + 1..lines.len()).filter(|at| !is_frame(lines[*at]));
    chosen.extend(after.take(most - chosen.len()));
    chosen
}

/// Whether a line names an exception or reports the end of a program.
fn is_exception(line: &str) -> bool {
    let line = line.trim();
    if BEGINNINGS.iter().any(|beginning| line.starts_with(beginning)) || line.contains(" panicked at ") {
        return true;
    }
    let name = line.split([':', '(']).next().unwrap_or_default().trim_end();
    let is_name = |char: char| char.is_alphanumeric() || matches!(char, '_' | '.' | '$');
    let is_named = !name.is_empty() && name.chars().all(is_name) && NAMES.iter().any(|end| name.ends_with(end));
    // "Error" alone ends no name: it must say what the error is.
    is_named && (line.len() > name.len() || name.len() > "Exception".len())
}

/// Whether a line is part of a stack trace.
fn is_frame(line: &str) -> bool {
    line.starts_with([' ', '\t']) || line.starts_with("at ") || line.starts_with("... ")
}

#[cfg(test)]
mod tests {
    use super::last_words;

    fn chosen<'l>(lines: &'l [&str]) -> Vec<&'l str> {
        last_words(lines, 5).into_iter().map(|at| lines[at]).collect()
    }

    #[test]
    fn exceptions_come_before_what_follows_them() {
        let frames: Vec<String> = (0..40).map(|at| format!("\tat com.example.Ner.step{at}(Ner.java:{at})")).collect();
        let frames: Vec<&str> = frames.iter().map(String::as_str).collect();
        let (thrown, cause) = (
            "Exception in thread \"main\" java.lang.RuntimeException: no model",
            "Caused by: java.io.IOException: m.bin",
        );
        let java: Vec<&str> = [&["loading"][..], &[thrown], &frames, &[cause], &frames, &["\t... 12 more"]].concat();
        assert_eq!(chosen(&java), [thrown, cause]);
        let python = [
            "Traceback (most recent call last):",
            "  File \"ner.py\", line 3, in <module>",
            "    main()",
            "ner.ModelError: no model",
            "sys:1: ResourceWarning: unclosed file",
        ];
        assert_eq!(chosen(&python), [python[3], python[4]]);
        let rust = ["start", "thread 'main' panicked at src/main.rs:3:5:", "no model", "note: run with a backtrace"];
        assert_eq!(chosen(&rust), rust[1..]);
        let node = ["file:///ner.mjs:3", "TypeError: x is not a function", "    at file:///ner.mjs:3:1", "Node.js v22"];
        assert_eq!(chosen(&node), [node[1], node[3]]);
    }

    #[test]
    fn without_an_exception_the_last_lines_are_chosen() {
        let lines = ["1", "2 Error", "No Error: 3", "4", "Error", "6", "7"];
        assert_eq!(chosen(&lines), lines[2..]);
    }
}
