//! The proxy of a connection, as the environment names it.
//!
//! The variables are those of curl: `http_proxy` and `https_proxy` by the scheme of the URL, then
//! `all_proxy`, each also in upper case; `no_proxy` lists hosts that are reached directly. Unlike
//! with curl, this machine itself (`localhost`, `127.0.0.1`, `::1`) is always reached directly: a
//! model that runs here needs no `no_proxy`, and its documents do not leave the machine.

use std::net::IpAddr;

use ureq::Proxy;

use super::HttpUrl;
use crate::error::Diagnostic;

/// The proxy for a URL; `None` if it is reached directly. `look_up` returns variables of the
/// environment.
///
/// # Errors
/// Fails if the variable of the proxy is no URL of a proxy. No message contains its value, since
/// it may contain a password.
pub(super) fn proxy_for(
    target: &HttpUrl,
    look_up: impl Fn(&str) -> Option<String>,
) -> Result<Option<Proxy>, Diagnostic> {
    let of_scheme = if target.is_encrypted() { ["https_proxy", "HTTPS_PROXY"] } else { ["http_proxy", "HTTP_PROXY"] };
    let names = of_scheme.into_iter().chain(["all_proxy", "ALL_PROXY"]);
    let Some((name, url)) = names.filter_map(|name| Some((name, look_up(name)?))).next() else { return Ok(None) };
    let exceptions = ["no_proxy", "NO_PROXY"].into_iter().find_map(look_up).unwrap_or_default();
    if url.trim().is_empty() || is_local(target.bare_host()) || is_excepted(target, &exceptions) {
        return Ok(None);
    }
    let proxy = Proxy::new(url.trim()).map_err(|_| {
        let diagnostic = Diagnostic::new(format!("the environment variable `{name}` is not the URL of a proxy"));
        diagnostic.help("write it as in `http://proxy.example.com:3128`, or name the host in `NO_PROXY`")
    })?;
    Ok(Some(proxy))
}

/// Host and port of a proxy, without user and password.
pub(super) fn proxy_host(proxy: &Proxy) -> String {
    format!("{}:{}", proxy.host(), proxy.port())
}

/// Whether a host is this machine.
fn is_local(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a list of hosts, separated by commas or spaces, contains the host of a URL: its name, a
/// domain above it (with or without a dot or `*.` before it), its address, a block of addresses, or
/// `*`; each may have a port.
fn is_excepted(target: &HttpUrl, list: &str) -> bool {
    let host = target.bare_host().to_ascii_lowercase();
    list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        let entry = entry.to_ascii_lowercase();
        if entry == "*" {
            return true;
        }
        if let (Some((network, bits)), Ok(address)) = (entry.split_once('/'), host.parse()) {
            return is_within(address, network, bits);
        }
        let (name, port) = match entry.rsplit_once(':') {
            Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, port.parse().ok()),
            _ => (entry.as_str(), None),
        };
        let name = name.trim_start_matches('*').trim_start_matches('.').trim_end_matches('.');
        let name = name.trim_start_matches('[').trim_end_matches(']');
        let is_host = host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
        !name.is_empty() && is_host && port.is_none_or(|port: u16| port == target.port())
    })
}

/// Whether an address is in a block of addresses.
fn is_within(address: IpAddr, network: &str, bits: &str) -> bool {
    let (Ok(network), Ok(bits)) = (network.parse::<IpAddr>(), bits.parse::<u32>()) else { return false };
    match (address, network) {
        (IpAddr::V4(one), IpAddr::V4(other)) if bits <= 32 => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            u32::from(one) & mask == u32::from(other) & mask
        }
        (IpAddr::V6(one), IpAddr::V6(other)) if bits <= 128 => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            u128::from(one) & mask == u128::from(other) & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{HttpUrl, proxy_for, proxy_host};

    fn proxy(url: &str, variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let look_up = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, v)| (*v).to_owned());
        let found = proxy_for(&HttpUrl::new(url).unwrap(), look_up);
        found.map(|proxy| proxy.as_ref().map(proxy_host)).map_err(|diagnostic| diagnostic.message)
    }

    #[test]
    fn the_scheme_decides_and_lower_case_comes_first() {
        let all = [("HTTP_PROXY", "a:1"), ("https_proxy", "http://me:pw@b:2"), ("HTTPS_PROXY", "c:3")];
        assert_eq!(proxy("http://x.test/", &all), Ok(Some("a:1".to_owned())));
        assert_eq!(proxy("https://x.test/", &all), Ok(Some("b:2".to_owned())));
        assert_eq!(proxy("https://x.test/", &[("ALL_PROXY", "socks5://d")]), Ok(Some("d:1080".to_owned())));
        assert_eq!(proxy("https://x.test/", &[("https_proxy", ""), ("HTTPS_PROXY", "c:3")]), Ok(None));
        assert_eq!(proxy("https://x.test/", &all[..1]), Ok(None));
        let message = proxy("https://x.test/", &[("HTTPS_PROXY", "ftp://me:hidden@x")]).unwrap_err();
        assert!(message.contains("`HTTPS_PROXY` is not the URL of a proxy") && !message.contains("hidden"));
    }

    #[test]
    fn some_hosts_are_reached_directly() {
        let is_direct = |url: &str, list: &str| proxy(url, &[("HTTP_PROXY", "p:1"), ("NO_PROXY", list)]) == Ok(None);
        for local in ["http://localhost:8000/", "http://127.0.0.1/", "http://127.8.0.1/", "http://[::1]:1/"] {
            assert!(is_direct(local, ""), "{local}");
        }
        for (url, list) in [
            ("http://a.example.com/", "other, example.com"),
            ("http://a.example.com/", ".example.com"),
            ("http://A.example.com/", "*.EXAMPLE.com"),
            ("http://example.com:81/", "example.com:81"),
            ("http://10.1.2.3/", "10.0.0.0/8"),
            ("http://10.1.2.3/", "10.1.2.3"),
            ("http://[fd00::1]/", "fd00::/8"),
            ("http://[fd00::1]:7/", "[fd00::1]:7"),
            ("http://x/", "*"),
        ] {
            assert!(is_direct(url, list), "{url} {list}");
        }
        for (url, list) in [
            ("http://an-example.com/", "example.com"),
            ("http://example.com/", "example.com:81"),
            ("http://11.1.2.3/", "10.0.0.0/8"),
            ("http://example.com/", ""),
            ("http://example.com/", "com.example ,,"),
        ] {
            assert!(!is_direct(url, list), "{url} {list}");
        }
    }
}
