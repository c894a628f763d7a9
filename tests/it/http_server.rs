//! A small HTTP/1.1 server whose behaviour, right or wrong, is set by the documents.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub method: String,
    pub path: String,
    /// By name in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Value,
    /// The bytes of the body.
    pub raw: String,
    pub at: Instant,
    /// How often this body came, from 1.
    pub times: usize,
    /// Where a redirect to another host leads.
    pub elsewhere: String,
}

impl Seen {
    /// The document's text, as both kinds send it.
    pub fn text(&self) -> &str {
        let message = self.body["messages"].as_array().and_then(|all| all.last());
        self.body["text"].as_str().or_else(|| message?["content"].as_str()).unwrap_or_default()
    }
}

/// What a server does about a request.
pub(crate) enum Act {
    /// Answers.
    Answer { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// Answers in pieces.
    Chunked(Vec<u8>, bool),
    /// Says nothing, until the client has gone.
    Hang,
    /// Sends a byte now and then.
    Drip,
    /// Sends these bytes and closes.
    Raw(Vec<u8>),
    /// Sends a gigabyte without saying how much there is.
    Flood,
}

impl Act {
    pub fn json(status: u16, value: &Value) -> Self {
        Self::of(status, &[("Content-Type", "application/json")], value.to_string())
    }

    pub fn of(status: u16, headers: &[(&'static str, &str)], body: impl Into<Vec<u8>>) -> Self {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self::Answer { status, headers, body: body.into() }
    }
}

type Answers = dyn Fn(&Seen) -> Act + Send + Sync;

/// A server on a port of its own. It is gone when it is dropped.
pub(crate) struct Server {
    pub address: SocketAddr,
    /// A second server, which must not receive requests.
    pub elsewhere: TcpListener,
    seen: Arc<Mutex<Vec<Seen>>>,
    is_over: Arc<AtomicBool>,
    accepting: Option<thread::JoinHandle<()>>,
}

impl Server {
    pub fn start(answers: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
        elsewhere.set_nonblocking(true).unwrap();
        let (address, other) = (listener.local_addr().unwrap(), format!("http://{}/", elsewhere.local_addr().unwrap()));
        let (seen, is_over) = (Arc::<Mutex<Vec<Seen>>>::default(), Arc::<AtomicBool>::default());
        let (answers, log, over): (Arc<Answers>, _, _) = (Arc::new(answers), Arc::clone(&seen), Arc::clone(&is_over));
        let accepting = thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let (answers, log, over, other) =
                    (Arc::clone(&answers), Arc::clone(&log), Arc::clone(&over), other.clone());
                thread::spawn(move || serve(&stream, answers.as_ref(), &log, &over, &other));
            }
        });
        Self { address, elsewhere, seen, is_over, accepting: Some(accepting) }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Everything that was asked so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Whether the other server received no request.
    pub fn is_alone(&self) -> bool {
        self.elsewhere.accept().is_err()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
        let _ = self.accepting.take().map(thread::JoinHandle::join);
    }
}

fn serve(stream: &TcpStream, answers: &Answers, log: &Mutex<Vec<Seen>>, over: &AtomicBool, elsewhere: &str) {
    let mut reader = BufReader::new(stream);
    while let Some(mut seen) = read(&mut reader, elsewhere) {
        {
            let mut log = log.lock().unwrap();
            let same = |other: &&Seen| other.body == seen.body && other.path == seen.path;
            seen.times = log.iter().filter(same).count() + 1;
            log.push(seen.clone());
        }
        if act(stream, answers(&seen), over).is_none() {
            return;
        }
    }
}

/// `None` if there is nothing more to send.
fn act(mut stream: &TcpStream, act: Act, over: &AtomicBool) -> Option<()> {
    match act {
        Act::Answer { status, headers, body } => {
            let mut head = format!("HTTP/1.1 {status} Whatever\r\nContent-Length: {}\r\n", body.len());
            headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
            stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
            stream.write_all(&body).ok()
        }
        Act::Chunked(body, is_whole) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").ok()?;
            for chunk in body.chunks(7) {
                stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).ok()?;
                stream.write_all(chunk).ok()?;
                stream.write_all(b"\r\n").ok()?;
            }
            if is_whole { stream.write_all(b"0\r\n\r\n").ok() } else { None }
        }
        Act::Hang => {
            let begun = Instant::now();
            while !over.load(Ordering::Relaxed) && begun.elapsed() < Duration::from_secs(60) {
                thread::sleep(Duration::from_millis(20));
            }
            None
        }
        Act::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{").ok()?;
            while !over.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(20));
                stream.write_all(b" ").ok()?;
            }
            None
        }
        Act::Raw(bytes) => {
            let _ = stream.write_all(&bytes);
            None
        }
        Act::Flood => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n").ok()?;
            let megabyte = vec![b' '; 1 << 20];
            for _ in 0..1024 {
                stream.write_all(&megabyte).ok()?;
            }
            None
        }
    }
}

fn read(reader: &mut BufReader<&TcpStream>, elsewhere: &str) -> Option<Seen> {
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
        Some(line.trim_end().to_owned())
    };
    let first = line()?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let line = line()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(Some(0), |length| length.parse().ok())?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let raw = String::from_utf8_lossy(&body).into_owned();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    Some(Seen { method, path, headers, body, raw, at: Instant::now(), times: 0, elsewhere: elsewhere.to_owned() })
}

/// Every `Ada` of a text, as a service of the kind `http` answers by default.
pub(crate) fn names(text: &str) -> Value {
    let found = text.match_indices("Ada").map(|(at, _)| {
        let start = text[..at].chars().count();
        json!({"start": start, "end": start + 3, "label": "NAME", "text": "Ada"})
    });
    json!({"entities": found.collect::<Vec<_>>(), "usage": {"tokens_in": 10, "tokens_out": 2, "cost": 0.25}})
}

/// Behaves as the text's first word selects.
pub(crate) fn flaky(seen: &Seen) -> Act {
    let good = names(seen.text());
    let is_first = seen.times == 1;
    let moved = |status, to: &str| Act::of(status, &[("Location", to)], "");
    match seen.text().split(' ').next().unwrap_or_default() {
        "once" if is_first => Act::of(500, &[], "stumbled"),
        "always" => Act::json(503, &json!({"error": {"message": "no worker"}})),
        "busy" if is_first => Act::of(429, &[("Retry-After", "1")], ""),
        "dated" if is_first => {
            let dates = [("Date", "Wed, 21 Oct 2015 07:28:00 GMT"), ("Retry-After", "Wed, 21 Oct 2015 07:28:01 GMT")];
            Act::of(503, &dates, "")
        }
        "forever" => Act::json(429, &json!({"message": "slow down"})),
        "hours" => Act::of(429, &[("Retry-After", "7200")], ""),
        "key" => Act::json(401, &json!({"error": format!("{} is wrong", seen.headers["authorization"])})),
        "forbidden" => Act::of(403, &[], ""),
        "bad" => Act::json(400, &json!({"detail": "text is required"})),
        "lost" => Act::of(404, &[("Content-Type", "text/plain")], "no such page"),
        "hang" => Act::Hang,
        "drip" => Act::Drip,
        "early" => Act::Raw(Vec::new()),
        "half" => Act::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"entities\": [".to_vec()),
        "headless" => Act::Raw(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()),
        "unbounded" => Act::Raw(b"HTTP/1.1 200 OK\r\n\r\n{\"entities\": [".to_vec()),
        "garbage" => Act::Raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n\r\n".to_vec()),
        "type" => Act::of(200, &[("Content-Type", "image/png")], good.to_string()),
        "flood" => Act::Flood,
        "moved" if seen.path == "/extract" => moved(307, "/moved?again"),
        "see" if seen.method == "POST" => moved(303, "fetched"),
        "away" => moved(308, &seen.elsewhere),
        "nowhere" => Act::of(302, &[], ""),
        "loop" => moved(302, "/extract"),
        "broken" => Act::of(200, &[], "{\"entities\": [}"),
        "page" => Act::of(502, &[("Content-Type", "text/html")], "<html><title>Bad\n gateway</title>"),
        "login" => Act::of(200, &[("Content-Type", "text/html; charset=utf-8")], "<!DOCTYPE html><p>Log in"),
        "empty" => Act::of(200, &[], ""),
        "latin" => Act::of(200, &[], &b"{\"a\": \"na\xEFve\"}"[..]),
        "list" => Act::of(200, &[], "[1]"),
        "sorry" => Act::json(200, &json!({"error": "not my language"})),
        "unknown_id" => Act::json(200, &json!({"id": "somebody else", "entities": []})),
        "past" => Act::json(200, &json!({"entities": [{"start": 0, "end": 999, "label": "X"}]})),
        "shifted" => Act::json(200, &json!({"entities": [{"start": 0, "end": 3, "label": "X", "text": "Bob"}]})),
        "chunked" => Act::Chunked(good.to_string().into_bytes(), true),
        "chunk" => Act::Chunked(b"{\"entities\"".to_vec(), false),
        _ => Act::json(200, &good),
    }
}
