//! Connects to servers, and tells errors of TLS with a proxy from those with the server behind it.

use std::error::Error as StdError;
use std::fmt;

use ureq::Error;
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector, Transport};

use super::tls::tls_error;

/// An error of TLS with the proxy, before it connects to the server.
#[derive(Debug)]
pub(super) struct ProxyTlsError(pub rustls::Error);

impl fmt::Display for ProxyTlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for ProxyTlsError {}

/// The connector of the HTTP client. It marks errors of TLS with the proxy as [`ProxyTlsError`].
#[derive(Debug)]
pub(super) struct ServerConnector {
    inner: DefaultConnector,
    /// Whether the server is reached through a proxy.
    has_proxy: bool,
}

impl ServerConnector {
    pub fn new(has_proxy: bool) -> Self {
        Self { inner: DefaultConnector::new(), has_proxy }
    }
}

impl Connector<()> for ServerConnector {
    type Out = Box<dyn Transport>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<()>) -> Result<Option<Self::Out>, Error> {
        let connected = self.inner.connect(details, chained);
        // The connection to the proxy itself is made by the same connector, without a proxy.
        if !self.has_proxy || details.config.proxy().is_some() {
            return connected;
        }
        connected.map_err(|error| {
            let of_tls = match &error {
                Error::Rustls(error) => Some(error.clone()),
                Error::Io(error) => tls_error(error).cloned(),
                _ => None,
            };
            of_tls.map_or(error, |error| Error::Other(Box::new(ProxyTlsError(error))))
        })
    }
}
