//! The certificates that servers and proxies are verified with, and messages about those that are
//! not trusted.
//!
//! Authorities are those of the system's store, as every other program of the machine has them, and
//! those of `ca`. `SSL_CERT_FILE` and `SSL_CERT_DIR` replace the system's store, as they do for
//! OpenSSL. A system without a store, such as a minimal container, gets Mozilla's list, which is
//! part of karat.

use std::env;
use std::fs;
use std::io;
use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::{CertificateError, Error};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::error::Diagnostic;

/// The variables that replace the system's store.
const VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// The authorities that connections are verified with; `ca` is a file of further ones.
///
/// # Errors
/// Fails if the file of `ca` or of `SSL_CERT_FILE` cannot be read or has no certificate.
pub(super) fn tls_config(ca: Option<&Path>) -> Result<TlsConfig, Diagnostic> {
    let mut certificates = of_the_system()?;
    let has_store = !certificates.is_empty();
    if let Some(path) = ca {
        certificates.extend(of_file(path)?);
    }
    // `ca` is in addition to something: without a store it stands alone, since Mozilla's list
    // cannot be extended.
    let roots = if has_store || ca.is_some() { RootCerts::from(certificates) } else { RootCerts::WebPki };
    Ok(TlsConfig::builder().root_certs(roots).build())
}

fn of_the_system() -> Result<Vec<Certificate<'static>>, Diagnostic> {
    let named: Vec<(&str, std::ffi::OsString)> = VARIABLES
        .iter()
        .filter_map(|name| Some((*name, env::var_os(name).filter(|value| !value.is_empty())?)))
        .collect();
    if let Some((name, file)) = named.iter().find(|(name, _)| *name == VARIABLES[0]) {
        fs::File::open(file).map_err(|error| {
            let diagnostic = Diagnostic::io(&format!("read the file of `{name}`"), Path::new(file), &error);
            diagnostic.help("set the variable to a file of certificates in PEM, or unset it")
        })?;
    }
    let loaded = rustls_native_certs::load_native_certs();
    if let Some((name, place)) = named.first()
        && loaded.certs.is_empty()
    {
        let diagnostic = Diagnostic::new(format!("the path of the environment variable `{name}` has no certificate"));
        let help = "set the variable to certificates in PEM, or unset it";
        return Err(diagnostic.in_file(Path::new(place)).help(help));
    }
    Ok(loaded.certs.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect())
}

/// The certificates of a file in PEM.
fn of_file(path: &Path) -> Result<Vec<Certificate<'static>>, Diagnostic> {
    let bytes = fs::read(path).map_err(|error| Diagnostic::io("read the certificates of `ca`", path, &error))?;
    let items = parse_pem(&bytes).collect::<Result<Vec<_>, _>>();
    let found = items.into_iter().flatten().filter_map(|item| match item {
        PemItem::Certificate(certificate) => Some(certificate),
        _ => None,
    });
    let found: Vec<Certificate<'static>> = found.collect();
    let is_sound = |certificate: &Certificate<'_>| {
        RootCertStore::empty().add(CertificateDer::from(certificate.der().to_vec())).is_ok()
    };
    if found.is_empty() || !found.iter().all(is_sound) {
        let what = if found.is_empty() { "has no certificate" } else { "has a certificate that cannot be read" };
        let help = "`ca` is a file of certificates in PEM, which begin with `-----BEGIN CERTIFICATE-----`";
        return Err(Diagnostic::new(format!("the file of `ca` {what}")).in_file(path).help(help));
    }
    Ok(found)
}

/// The error of TLS in an error of input and output, if there is one.
pub(super) fn tls_error(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

/// A sentence about an error of TLS with a host or a proxy, which a retry would not help; `None` if
/// the connection broke. `peer` names the host or the proxy.
pub(super) fn tls_failure(error: &Error, peer: &str) -> Option<String> {
    let certificate = |why: &str| format!("the certificate of {peer} {why}");
    Some(match error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => certificate(
            "is not trusted: it is signed by none of the authorities that are known here; name the certificate of \
             its authority, or of the proxy that signs it, in `ca` or in the environment variable SSL_CERT_FILE",
        ),
        Error::InvalidCertificate(CertificateError::BadSignature) => certificate(
            "is not trusted: an authority of that name is known here, with another key; name its current certificate \
             in `ca` or in the environment variable SSL_CERT_FILE",
        ),
        Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            certificate("is not trusted: it has expired; renew it, or set the clock of this machine")
        }
        Error::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => {
            certificate("is not trusted: it is not valid yet; set the clock of this machine")
        }
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => certificate("is not trusted: it is for another host; use the name in the certificate in the URL"),
        // The cause is an error of a crate that rustls does not make public.
        Error::InvalidCertificate(CertificateError::Other(why)) if format!("{:?}", why.0) == "CaUsedAsEndEntity" => {
            certificate(
                "is not trusted: it is that of an authority (CA), which no server may use as its own; sign a \
                 certificate for the server with it, and name the certificate of the authority in `ca`",
            )
        }
        Error::InvalidCertificate(why) => {
            certificate(&format!("is not trusted: {}", crate::text::excerpt(&format!("{why}"))))
        }
        Error::InvalidMessage(_) => format!("{peer} does not speak TLS: is its URL `http://`?"),
        Error::AlertReceived(alert) => format!("{peer} refuses TLS ({alert:?}): it may require a client certificate"),
        Error::PeerIncompatible(why) => format!("{peer} speaks no TLS that karat speaks ({why:?})"),
        _ => return None,
    })
}
