//! The URL that documents are sent to, and a check of its redirects.

use std::fmt;

use ureq::http::Uri;

use super::credentials::filled;

/// An `http` or `https` URL with a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpUrl {
    uri: Uri,
}

impl HttpUrl {
    /// Parses a URL.
    ///
    /// # Errors
    /// Fails if the URL is invalid, has another scheme, or contains a user or password. The message
    /// continues a sentence that begins with the URL.
    pub fn new(url: &str) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|error| format!("is not a URL: {error}"))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none_or(str::is_empty) {
            return Err("is not an http:// or https:// URL with a host".to_owned());
        }
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(
                "contains a user or password, which belong in the environment: `key_env` or `headers`".to_owned()
            );
        }
        Ok(Self { uri })
    }

    /// Appends a path to the URL.
    ///
    /// # Errors
    /// Fails if the result is not a valid URL.
    pub fn below(&self, path: &str) -> Result<Self, String> {
        let (own, query) = (self.uri.path().trim_end_matches('/'), self.uri.query());
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        Self::new(&format!("{}{own}{path}{query}", self.origin()))
    }

    /// The URL with the values of `{env:NAME}`, percent-encoded.
    ///
    /// # Errors
    /// Fails if a value is not known.
    pub(super) fn filled(&self, value: impl Fn(&str) -> Result<String, String>) -> Result<Self, String> {
        let url = self.to_string();
        let filled = filled(&url, |name| value(name).map(|value| encoded(&value)))?;
        // No part of the message contains the value.
        if filled == url {
            Ok(self.clone())
        } else {
            Self::new(&filled).map_err(|_| "the URL is invalid with the values of its variables".to_owned())
        }
    }

    /// Whether requests are encrypted up to the host.
    pub(super) fn is_encrypted(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }

    /// The URL.
    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Host and port, as written.
    pub(super) fn host(&self) -> &str {
        self.uri.authority().map_or("", |authority| authority.as_str())
    }

    /// The host without the brackets of an address.
    pub(super) fn bare_host(&self) -> &str {
        self.uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
    }

    /// The port, as written or by the scheme.
    pub(super) fn port(&self) -> u16 {
        self.uri.port_u16().unwrap_or(if self.is_encrypted() { 443 } else { 80 })
    }

    /// The URL of a redirect; messages show `shown` instead of `location`.
    ///
    /// # Errors
    /// Fails if the redirect changes scheme, host or port, since another server would receive
    /// documents that are meant for this one. The message continues a sentence that begins with
    /// "the server".
    pub(super) fn redirected(&self, location: &str, shown: &str) -> Result<Self, String> {
        let is_scheme = |text: &str| {
            !text.is_empty() && text.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '+' | '-' | '.'))
        };
        let absolute = if location.split_once("://").is_some_and(|(scheme, _)| is_scheme(scheme)) {
            location.to_owned()
        } else if location.starts_with("//") {
            format!("{}:{location}", self.uri.scheme_str().unwrap_or_default())
        } else if location.starts_with('/') {
            format!("{}{location}", self.origin())
        } else if location.starts_with('?') {
            format!("{}{}{location}", self.origin(), self.uri.path())
        } else {
            let path = self.uri.path();
            format!("{}{}/{location}", self.origin(), path.rfind('/').map_or("", |at| &path[..at]))
        };
        let other =
            Self::new(&absolute).map_err(|why| format!("redirects to {}, which {why}", crate::text::excerpt(shown)))?;
        if other.origin_key() != self.origin_key() {
            return Err(format!(
                "redirects to `{}`, but documents are sent only to `{}`: if they may go there, set that address as the \
                 URL of the extractor",
                other.origin(),
                self.origin()
            ));
        }
        Ok(other)
    }

    fn origin(&self) -> String {
        format!("{}://{}", self.uri.scheme_str().unwrap_or_default(), self.host())
    }

    fn origin_key(&self) -> (Option<&str>, Option<String>, u16) {
        let host = self.uri.host().map(str::to_ascii_lowercase);
        (self.uri.scheme_str(), host, self.port())
    }
}

/// A value as a part of a query.
fn encoded(value: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    value.bytes().map(encode).collect()
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::HttpUrl;

    #[test]
    fn addresses_have_a_scheme_a_host_and_no_key() {
        for wrong in ["", "example.com", "/x", "ftp://example.com", "http://", "http://a:b@example.com/", "http://a b/"]
        {
            assert!(HttpUrl::new(wrong).is_err(), "{wrong}");
        }
        let below = |base: &str| HttpUrl::new(base).unwrap().below("/chat/completions").unwrap().to_string();
        assert_eq!(below("https://api.openai.com/v1"), "https://api.openai.com/v1/chat/completions");
        assert_eq!(below("http://[::1]:8000/"), "http://[::1]:8000/chat/completions");
        assert_eq!(below("https://x.test/v1/?api-version=2"), "https://x.test/v1/chat/completions?api-version=2");
    }

    #[test]
    fn what_is_sent_on_stays_with_the_host() {
        let target = HttpUrl::new("https://Example.com/v1/extract?x=1").unwrap();
        let to = |location: &str| target.redirected(location, location).map(|to| to.to_string());
        assert_eq!(to("/v2/").unwrap(), "https://Example.com/v2/");
        assert_eq!(to("other?y").unwrap(), "https://Example.com/v1/other?y");
        assert_eq!(to("?y").unwrap(), "https://Example.com/v1/extract?y");
        assert_eq!(to("/a?next=http://b.test/").unwrap(), "https://Example.com/a?next=http://b.test/");
        assert_eq!(to("a?next=http://b.test/").unwrap(), "https://Example.com/v1/a?next=http://b.test/");
        assert!(target.redirected("http://a b/sk-1", "[secret K]").unwrap_err().contains("to \"[secret K]\", which"));
        assert!(to("https://example.com:443/a").is_ok() && to("//EXAMPLE.com/a").is_ok());
        for wrong in [
            "http://example.com/v1",
            "https://example.com:444/",
            "https://evil.test/",
            "//evil.test/",
            "https://example.com@evil.test/",
            "https://example.com.evil.test/",
            "javascript://example.com/",
            "https:///x",
        ] {
            assert!(to(wrong).is_err(), "{wrong}");
        }
        assert!(to("https://evil.test/a").unwrap_err().contains("`https://evil.test`"));
    }
}
