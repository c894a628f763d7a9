//! Keeps text from being a command to the runner of GitHub Actions, which reads what the step of a
//! workflow prints: lines that begin with `::`, and `##[` anywhere in a line.

use std::borrow::Cow;

/// Returns text in which no line is a workflow command.
pub fn without_workflow_commands(text: &str) -> Cow<'_, str> {
    let begins_command = |line: &str| line.trim_start().starts_with("::");
    if !text.split('\n').any(|line| begins_command(line) || line.contains("##[")) {
        return Cow::Borrowed(text);
    }
    let shown = |line: &str| {
        let line = line.replace("##[", "#\\u{23}[");
        if begins_command(&line) { line.replacen("::", "\\u{3a}:", 1) } else { line }
    };
    Cow::Owned(text.split('\n').map(shown).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::without_workflow_commands as without;

    #[test]
    fn no_line_is_a_workflow_command() {
        assert_eq!(without("::error::x\n a::b\n  ::x\n"), "\\u{3a}:error::x\n a::b\n  \\u{3a}:x\n");
        assert_eq!(without("a ##[error]b"), "a #\\u{23}[error]b");
        assert_eq!(without("a: b\n## c\n"), "a: b\n## c\n");
    }
}
