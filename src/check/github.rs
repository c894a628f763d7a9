//! Renders findings as workflow commands of GitHub Actions, which shows them as annotations in the
//! diff of a pull request.

use super::{Finding, Fixed};

/// Renders one workflow command per line: notices for fixed files, then the findings.
pub fn to_github(findings: &[Finding], fixed: &[Fixed]) -> String {
    let fixed = fixed.iter().map(|fixed| {
        let message = format!("document {:?}: {}", fixed.document, fixed.changes);
        command("notice", &[("file", fixed.file.clone()), ("title", "karat check --fix".to_owned())], &message)
    });
    fixed.chain(findings.iter().map(of_finding)).collect()
}

fn of_finding(finding: &Finding) -> String {
    let diagnostic = &finding.diagnostic;
    let mut properties = Vec::new();
    if let Some(file) = &diagnostic.file {
        properties.push(("file", file.display().to_string()));
    }
    if let Some((line, column)) = diagnostic.position {
        properties.push(("line", line.to_string()));
        properties.push(("col", column.to_string()));
    }
    properties.push(("title", format!("karat check: {}", finding.code)));
    let document = diagnostic.document.as_ref().map_or_else(String::new, |document| format!("document {document:?}: "));
    let help = diagnostic.help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
    command(&finding.level.to_string(), &properties, &format!("{document}{}{help}", diagnostic.message))
}

/// Returns one workflow command with a line break, its properties and message escaped.
pub fn command(name: &str, properties: &[(&str, String)], message: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", of_property(value))).collect();
    format!("::{name} {}::{}\n", properties.join(","), of_message(message))
}

fn of_message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn of_property(text: &str) -> String {
    of_message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn what_would_end_a_property_or_the_line_is_escaped() {
        let line =
            command("error", &[("file", "a,b:c.json".to_owned()), ("title", "50%".to_owned())], "50% of::a,\r\nb");
        assert_eq!(line, "::error file=a%2Cb%3Ac.json,title=50%25::50%25 of::a,%0D%0Ab\n");
    }
}
