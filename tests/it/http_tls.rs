//! Servers behind TLS and behind proxies: private authorities, proxies that sign anew, and what
//! is said about those that are not trusted or not there. Certificates are made here.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::cli::Cli;
use crate::http_server::{Server, flaky};
use crate::process::{Ended, project_with, run_where, statuses};

/// An authority of our own.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    /// What a server of a host presents.
    fn server(&self, host: &str, edit: impl FnOnce(&mut CertificateParams)) -> Arc<ServerConfig> {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        edit(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config = ServerConfig::builder().with_no_client_auth();
        Arc::new(config.with_single_cert(vec![certificate.der().clone()], key).unwrap())
    }
}

/// Answers requests on a stream with no entities, until it ends.
fn answer(stream: impl Read + Write) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let reply = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"entities\": []}";
        let stream = reader.get_mut();
        if stream.write_all(reply.as_bytes()).and_then(|()| stream.flush()).is_err() {
            return;
        }
    }
}

fn tls(config: &Arc<ServerConfig>, stream: TcpStream) {
    answer(StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), stream));
}

/// Serves each connection on a thread of its own, as long as the test runs. Returns the address.
fn serve(each: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let each = Arc::new(each);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let each = Arc::clone(&each);
            thread::spawn(move || each(stream));
        }
    });
    address
}

/// A proxy that logs what it is asked for, and lets `each` treat the tunnel. It answers with this
/// status first.
fn proxy(
    status: &'static str,
    each: impl Fn(TcpStream) + Send + Sync + 'static,
) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let log = Arc::<Mutex<Vec<String>>>::default();
    let seen = Arc::clone(&log);
    let address = serve(move |mut stream| {
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read(&mut byte).unwrap_or(0) == 0 {
                return;
            }
            head.push(byte[0]);
        }
        seen.lock().unwrap().push(String::from_utf8(head).unwrap());
        stream.write_all(format!("HTTP/1.1 {status} Whatever\r\n\r\n").as_bytes()).unwrap();
        if status == "200" {
            each(stream);
        }
    });
    (address, log)
}

/// Copies both ways between a tunnel and an address.
fn relay(stream: TcpStream, to: SocketAddr) {
    let other = TcpStream::connect(to).unwrap();
    let (mut from, mut into) = (stream.try_clone().unwrap(), other.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut from, &mut into));
    let (mut from, mut into) = (other, stream);
    let _ = std::io::copy(&mut from, &mut into);
}

fn project(url: &str, more: &str) -> Cli {
    project_with(
        &["Ada", "Bob"],
        &format!("kind = \"http\"\nurl = \"{url}\"\nlayers = [\"entities\"]\nbackoff = \"5ms\"\nretries = 1\n{more}"),
    )
}

/// The variables that must not come from outside, unless a test sets them.
fn run(cli: &Cli, variables: &[(&str, &str)]) -> Ended {
    let none =
        ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"];
    let mut all: Vec<(&str, &str)> = none.iter().map(|name| (*name, "")).collect();
    all.retain(|(name, _)| !variables.iter().any(|(set, _)| set.eq_ignore_ascii_case(name)));
    all.extend(variables);
    run_where(cli, &[], &all)
}

#[track_caller]
fn answered(ended: &Ended) {
    assert_eq!((ended.code, statuses(ended)), (Some(0), vec!["ok"; 2]), "{:?}", ended.ends);
}

#[track_caller]
fn failed(ended: &Ended, message: &str) {
    assert_eq!(statuses(ended), ["failed"; 2]);
    assert!(ended.ends.iter().all(|(_, found)| found.contains(message)), "{message}: {:?}", ended.ends);
}

#[test]
fn a_private_authority() {
    let authority = Authority::new("One");
    let config = authority.server("127.0.0.1", |_| {});
    let connections = Arc::new(Mutex::new(0));
    let count = Arc::clone(&connections);
    let address = serve(move |stream| {
        *count.lock().unwrap() += 1;
        tls(&config, stream);
    });
    let url = format!("https://{address}/extract");
    // It is named as not trusted, and not asked again.
    let ended = run(&project(&url, "concurrency = 1"), &[]);
    let wanted = format!("the certificate of `{address}` is not trusted: it is signed by none of the authorities");
    failed(&ended, &wanted);
    assert!(ended.ends[0].1.contains("in `ca` or in the environment variable SSL_CERT_FILE"), "{:?}", ended.ends);
    assert_eq!(*connections.lock().unwrap(), 2);
    // `ca` is relative to karat.toml, and changes no fingerprint.
    let cli = project(&url, "ca = \"certificates/own.pem\"");
    cli.write("certificates/own.pem", format!("# Our own\n{}", authority.pem()));
    let trusted = run(&cli, &[]);
    answered(&trusted);
    let print = |ended: &Ended| ended.manifest["extractors"]["mine"]["fingerprints"]["d"].clone();
    assert_eq!(print(&trusted), print(&ended));
    // The variables of OpenSSL.
    let (folder, cli) = (cli.path().join("certificates"), project(&url, ""));
    fs::rename(folder.join("own.pem"), folder.join("0123abcd.0")).unwrap();
    let (folder, file) = (folder.display().to_string(), folder.join("0123abcd.0").display().to_string());
    answered(&run(&cli, &[("SSL_CERT_FILE", &file), ("SSL_CERT_DIR", "")]));
    answered(&run(&project(&url, ""), &[("SSL_CERT_FILE", ""), ("SSL_CERT_DIR", &folder)]));
    // Other authorities do not help.
    let cli = project(&url, "ca = \"other.pem\"");
    cli.write("other.pem", Authority::new("Other").pem());
    failed(&run(&cli, &[]), &wanted);
    cli.write("other.pem", Authority::new("One").pem());
    failed(&run(&cli, &[]), "is not trusted: an authority of that name is known here, with another key");
}

#[test]
fn certificates_that_are_not_valid() {
    let authority = Authority::new("One");
    let past = |params: &mut CertificateParams| params.not_after = rcgen::date_time_ymd(1999, 1, 1);
    let future = |params: &mut CertificateParams| params.not_before = rcgen::date_time_ymd(4000, 1, 1);
    let of = |config: Arc<ServerConfig>, message: &str| {
        let address = serve(move |stream| tls(&config, stream));
        let cli = project(&format!("https://{address}/"), "ca = \"own.pem\"");
        cli.write("own.pem", authority.pem());
        failed(&run(&cli, &[]), &format!("the certificate of `{address}` is not trusted: {message}"));
    };
    of(authority.server("127.0.0.1", past), "it has expired");
    of(authority.server("127.0.0.1", future), "it is not valid yet");
    of(authority.server("example.com", |_| {}), "it is for another host");
    // A server with the certificate of an authority, as `openssl req -x509` makes it.
    let of_authority = |params: &mut CertificateParams| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    of(authority.server("127.0.0.1", of_authority), "it is that of an authority (CA), which no server may use");
    let plain = serve(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        let _ = stream.read(&mut [0; 1024]);
    });
    failed(&run(&project(&format!("https://{plain}/"), ""), &[]), "does not speak TLS: is its URL `http://`?");
}

#[test]
fn files_of_certificates_that_cannot_be_used() {
    let refused = |more: &str, variables: &[(&str, &str)], message: &str| {
        let cli = project("https://127.0.0.1:1/", more);
        cli.write("empty.pem", "nothing\n");
        cli.write("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        let output = cli.karat(&["run"]).envs(variables.iter().copied()).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(message) && !cli.exists("reports"), "{errors}");
        // Recorded answers need no certificates.
        let replay = [variables, &[("KARAT_REPLAY", "only")]].concat();
        assert_eq!(cli.karat(&["run"]).envs(replay).output().unwrap().status.code(), Some(5));
    };
    refused("ca = \"no.pem\"", &[], "no.pem");
    refused("ca = \"empty.pem\"", &[], "[extractors.mine] the file of `ca` has no certificate");
    refused("ca = \"bad.pem\"", &[], "[extractors.mine] the file of `ca` has a certificate that cannot be read");
    refused("", &[("SSL_CERT_FILE", "no.pem")], "[extractors.mine] cannot read the file of `SSL_CERT_FILE`");
    let only = [("SSL_CERT_FILE", "empty.pem"), ("SSL_CERT_DIR", "")];
    refused("", &only, "the path of the environment variable `SSL_CERT_FILE` has no certificate");
}

/// The names of hosts are resolved by the proxy.
#[test]
fn proxies() {
    let authority = Authority::new("One");
    let config = authority.server("service.test", |_| {});
    let server = serve(move |stream| tls(&config, stream));
    let (address, log) = proxy("200", move |stream| relay(stream, server));
    let cli = project("https://service.test/extract", "ca = \"own.pem\"");
    cli.write("own.pem", authority.pem());
    answered(&run(&cli, &[("HTTPS_PROXY", &format!("http://ada:hidden@{address}"))]));
    let first = log.lock().unwrap()[0].to_lowercase();
    assert!(first.starts_with("connect service.test:443 ") && first.contains("proxy-authorization: basic "), "{first}");

    // Without TLS, too; in lower case; and not for this machine.
    let plain = Server::start(flaky);
    let to = plain.address;
    let (address, log) = proxy("200", move |stream| relay(stream, to));
    let variable = address.to_string();
    answered(&run(&project("http://service.test:81/extract", ""), &[("http_proxy", &variable)]));
    assert!(log.lock().unwrap()[0].starts_with("CONNECT service.test:81 "));
    log.lock().unwrap().clear();
    answered(&run(&project(&plain.url("/extract"), ""), &[("HTTP_PROXY", &variable)]));
    let ended = run(&project("http://service.test/", ""), &[("HTTP_PROXY", &variable), ("NO_PROXY", "test")]);
    failed(&ended, "the connection to `service.test` failed: there is no such host");
    assert!(log.lock().unwrap().is_empty());
}

/// A proxy that decrypts, as companies have them, is trusted by its authority.
#[test]
fn a_proxy_that_signs_anew() {
    let authority = Authority::new("One");
    let config = authority.server("service.test", |_| {});
    let (address, _) = proxy("200", move |stream| tls(&config, stream));
    let variable = ("HTTPS_PROXY", &*address.to_string());
    let ended = run(&project("https://service.test/extract", ""), &[variable]);
    failed(&ended, "the certificate of `service.test` is not trusted");
    assert!(ended.ends[0].1.contains("of the proxy that signs it, in `ca`"), "{:?}", ended.ends);
    let cli = project("https://service.test/extract", "ca = \"proxy.pem\"");
    cli.write("proxy.pem", authority.pem());
    answered(&run(&cli, &[variable]));
}

/// The certificate of a proxy at `https` is that of the proxy.
#[test]
fn a_proxy_that_is_not_trusted() {
    let (of_proxy, of_server) = (Authority::new("Proxy"), Authority::new("Server"));
    let (outer, inner) = (of_proxy.server("127.0.0.1", |_| {}), of_server.server("service.test", |_| {}));
    let address = serve(move |stream| {
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&outer)).unwrap(), stream);
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read(&mut byte).unwrap_or(0) == 0 {
                return;
            }
            head.push(byte[0]);
        }
        if stream.write_all(b"HTTP/1.1 200 Whatever\r\n\r\n").is_ok() {
            answer(StreamOwned::new(ServerConnection::new(Arc::clone(&inner)).unwrap(), stream));
        }
    });
    let variables = [("HTTPS_PROXY", &*format!("https://{address}"))];
    let cli = project("https://service.test/extract", "ca = \"own.pem\"");
    cli.write("own.pem", of_server.pem());
    let ended = run(&cli, &variables);
    failed(&ended, &format!("the certificate of the proxy `{address}` is not trusted: it is signed by none of"));
    cli.write("own.pem", of_proxy.pem());
    failed(&run(&cli, &variables), "the certificate of `service.test` is not trusted: it is signed by none of");
    cli.write("own.pem", of_proxy.pem() + &of_server.pem());
    answered(&run(&cli, &variables));
}

/// A proxy that fails is named as the proxy, without its password.
#[test]
fn proxies_that_fail() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let cli = project("https://service.test/extract", "");
    let of = |address: &SocketAddr, message: &str| {
        let ended = run(&cli, &[("HTTPS_PROXY", &format!("http://ada:hidden@{address}"))]);
        failed(&ended, &message.replace("{}", &address.to_string()));
        assert!(!format!("{:?} {}", ended.ends, ended.errors).contains("hidden"));
    };
    of(&gone, "the connection to the proxy `{}` failed: Connection refused (see HTTPS_PROXY");
    let (address, log) = proxy("407", |_| {});
    of(&address, "the proxy `{}` does not connect to `service.test`: it answers 407; it requires a user");
    assert_eq!(log.lock().unwrap().len(), 2);
    let (address, _) = proxy("403", |_| {});
    of(&address, "the proxy `{}` does not connect to `service.test`: it answers 403; it may not allow tunnels");
    let (address, log) = proxy("503", |_| {});
    of(&address, "the proxy `{}` does not connect to `service.test`: it answers 503, tried 2 times");
    assert_eq!(log.lock().unwrap().len(), 4);
    let ended = run(&cli, &[("HTTPS_PROXY", "http://ada:hidden@proxy.test:3128")]);
    failed(&ended, "the connection to the proxy `proxy.test:3128` failed: there is no such host");
    let output = cli.karat(&["run"]).env("HTTPS_PROXY", "ftp://ada:hidden@x").output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("the environment variable `HTTPS_PROXY` is not the URL of a proxy"), "{errors}");
    assert!(!errors.contains("hidden"));
}
