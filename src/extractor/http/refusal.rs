//! Messages for replies with a status other than success, with advice.

use super::api::quoted_message;
use super::reply::{Body, HttpReply};
use super::{Service, credentials};
use crate::text::excerpt;

/// A sentence with the status, the server's message and advice. `message` is the server's message,
/// if the reply contains one; `effort` says how often the request was tried.
pub(super) fn refusal(reply: &HttpReply, message: Option<&str>, effort: &str, service: &Service) -> String {
    let words =
        message.map(quoted_message).or_else(|| words(reply)).map(|words| format!(": {words}")).unwrap_or_default();
    let (name, advice) = meaning(reply, service);
    format!("the server answers {}{name}{words}{effort}{advice}", reply.status)
}

/// The beginning of the reply body, for a message; the title if it is an HTML page.
pub(super) fn words(reply: &HttpReply) -> Option<String> {
    match &reply.body {
        Body::Json(value) => Some(excerpt(&value.to_string())),
        Body::Text(text) if text.trim().is_empty() => None,
        Body::Text(text) if is_page(reply, text) => Some(match title(text) {
            Some(title) => format!("an HTML page, {}", excerpt(&title)),
            None => "an HTML page".to_owned(),
        }),
        Body::Text(text) => Some(excerpt(text.trim())),
    }
}

fn is_page(reply: &HttpReply, text: &str) -> bool {
    let is_html = reply.content_type.as_deref().is_some_and(|found| found.to_ascii_lowercase().contains("html"));
    let begins =
        text.trim_start().get(..5).is_some_and(|start| matches!(&*start.to_ascii_lowercase(), "<!doc" | "<html"));
    is_html || begins
}

fn title(page: &str) -> Option<String> {
    // ASCII lower case keeps all byte offsets.
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower[start..].find("</title>")?;
    let words: Vec<&str> = page[start..end].split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn meaning(reply: &HttpReply, service: &Service) -> (&'static str, String) {
    let advice = |text: &str| format!("; {text}");
    match reply.status {
        400 | 422 => (" (bad request)", advice("it rejects the request: see its documentation")),
        401 | 403 => {
            let text = match credentials::variables(service).first() {
                Some(name) => format!("it rejects the key in `{name}`: set another, or request access"),
                None => "it requires a key: name its variable in `key_env`".to_owned(),
            };
            (if reply.status == 401 { " (unauthorized)" } else { " (forbidden)" }, advice(&text))
        }
        404 => {
            let url = &service.target;
            let causes = if url.to_string().contains("/v1/v1") {
                "`/v1` is in it twice"
            } else {
                "is its path right, with `/v1` once if the server has it, and the name of the model?"
            };
            (" (not found)", advice(&format!("there is no such address, or no such model: `{url}`; {causes}")))
        }
        405 => (" (method not allowed)", advice("`method` may be POST or PUT")),
        408 => (" (request timeout)", advice("it waited too long for the request: run again later")),
        409 => (" (conflict)", advice("another request is in its way: lower `concurrency`")),
        413 => (" (content too large)", advice("the document is longer than it accepts")),
        425 => (" (too early)", advice("run again later")),
        _ if reply.is_out_of_quota() => {
            (" (too many requests)", advice("the account's quota is used up: see its plan and its billing"))
        }
        429 => (" (too many requests)", advice("lower `rate` or `concurrency`, or raise `retries` or `max_wait`")),
        500.. => (" (a server error)", advice("see its logs, or run again later")),
        _ => ("", String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{HttpUrl, Service};
    use super::{Body, HttpReply, refusal};

    #[test]
    fn a_status_comes_with_words_and_advice() {
        let mut service = Service::new(HttpUrl::new("http://localhost/").unwrap());
        let refuse = |status, content_type: &str, text: &str, service: &Service| {
            let content_type = Some(content_type.to_owned());
            let reply = HttpReply { status, content_type, body: Body::read(text.to_owned()), wait: None };
            refusal(&reply, None, "", service)
        };
        assert_eq!(
            refuse(503, "text/html", "<html>\n<TITLE>\n Sorry,\n later</TITLE>é", &service),
            "the server answers 503 (a server error): an HTML page, \"Sorry, later\"; see its logs, or run again later"
        );
        assert_eq!(
            refuse(401, "", "", &service),
            "the server answers 401 (unauthorized); it requires a key: name its variable in `key_env`"
        );
        service.headers.insert("X-Key".to_owned(), "{env:MY_KEY}".to_owned());
        assert!(refuse(403, "", "no", &service).contains("(forbidden): \"no\"; it rejects the key in `MY_KEY`"));
        assert_eq!(refuse(418, "", "\"tea\"", &service), "the server answers 418: \"\\\"tea\\\"\"");
    }
}
