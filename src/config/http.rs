//! Reads the tables of services: `kind = "http"`, a service with an interface of its own, and `kind
//! = "openai"`, a model behind an OpenAI-compatible API. Diagnostics on URLs and headers show no
//! excerpt, since these may contain API keys.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ExtractorKind;
use super::extractors::{COMMON_KEYS, REPLY_KEYS};
use super::http_parts::{
    AnswerFormName, MethodName, Price, RateText, ReplayName, TemperatureText, extra_diagnostic, header_diagnostic,
    json_table, pointer_diagnostic, query_diagnostic, request_diagnostic,
};
use super::reader::Reader;
use super::values::{Count, Size, Time, UnitName};
use crate::document::{Layer, LayerSet, Value};
use crate::error::Diagnostic;
use crate::extractor::http::{
    AnswerForm, EndpointSettings, HttpUrl, ModelSettings, Prices, PromptSource, Service, UsagePointers, names_in,
    refused, unknown_id,
};

/// The keys that both kinds have.
const SHARED_KEYS: [&str; 15] = [
    "headers",
    "key_env",
    "ca",
    "layers",
    "concurrency",
    "rate",
    "timeout",
    "retries",
    "backoff",
    "max_wait",
    "max_output",
    "max_text",
    "cassettes",
    "replay",
    "method",
];
const ENDPOINT_KEYS: [&str; 6] = ["url", "request", "response", "error", "usage", "offset_unit"];
const MODEL_KEYS: [&str; 13] = [
    "base_url",
    "model",
    "system",
    "prompt",
    "prompt_file",
    "labels",
    "temperature",
    "seed",
    "max_tokens",
    "extra",
    "prices",
    "response",
    "strict_answer",
];
const DEFAULT_BASE: &str = "https://api.openai.com/v1";
const DEFAULT_KEY: &str = "OPENAI_API_KEY";
const USAGE_KEYS: [&str; 3] = ["tokens_in", "tokens_out", "cost"];
const PRICE_KEYS: [&str; 3] = ["tokens_in", "tokens_out", "cached"];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SharedTable {
    method: MethodName,
    headers: BTreeMap<String, String>,
    key_env: Option<String>,
    ca: Option<String>,
    concurrency: Option<Count>,
    rate: Option<RateText>,
    timeout: Option<Time>,
    retries: Option<u32>,
    backoff: Option<Time>,
    max_wait: Option<Time>,
    max_output: Option<Size>,
    max_text: Option<Size>,
    cassettes: Option<String>,
    replay: Option<ReplayName>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EndpointTable {
    url: String,
    request: Option<toml::Table>,
    response: Option<toml::Table>,
    error: Option<String>,
    usage: BTreeMap<String, String>,
    offset_unit: Option<UnitName>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ModelTable {
    base_url: Option<String>,
    model: String,
    system: Option<String>,
    prompt: Option<String>,
    prompt_file: Option<String>,
    labels: Vec<String>,
    temperature: TemperatureText,
    seed: Option<i64>,
    max_tokens: Option<PositiveCount>,
    extra: toml::Table,
    prices: BTreeMap<String, Price>,
    response: AnswerFormName,
    strict_answer: bool,
}

/// A count that is at least 1.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u64")]
struct PositiveCount(u64);

impl TryFrom<u64> for PositiveCount {
    type Error = &'static str;

    fn try_from(count: u64) -> Result<Self, Self::Error> {
        if count > 0 { Ok(Self(count)) } else { Err("it must be from 1") }
    }
}

impl Reader<'_> {
    pub(super) fn http(&mut self, name: &str, at: Range<usize>, table: &DeTable<'_>) -> Option<ExtractorKind> {
        let table_name = format!("extractors.{name}");
        let known: Vec<&str> =
            COMMON_KEYS.into_iter().chain(REPLY_KEYS).chain(ENDPOINT_KEYS).chain(SHARED_KEYS).collect();
        self.refuse_unknown_keys(table, &table_name, &known);
        self.refuse_unknown_keys_below(table, "usage", &table_name, &USAGE_KEYS);
        let layers = self.required_layers(&table_name, at.clone(), table);
        let read: Option<EndpointTable> = self.typed_table(table, &ENDPOINT_KEYS);
        let shared: Option<SharedTable> = self.typed_table(table, &SHARED_KEYS);
        let (layers, read, shared) = (layers?, read?, shared?);
        if read.url.is_empty() {
            self.diagnostic(
                format!("[{table_name}] has no `url`"),
                Some(at),
                "write `url = \"http://localhost:8000/extract\"`",
            );
            return None;
        }
        let target = self.target(table, "url", &read.url, HttpUrl::new(&read.url));
        let request: Value = match &read.request {
            Some(request) => json_table(request).into(),
            None => serde_json::json!({"id": "{id}", "meta": "{meta}", "text": "{text}"}).into(),
        };
        self.refuse_unknown_placeholders(table, "request", &request.to_string(), &["text", "id", "meta"]);
        if let Some(diagnostic) = request_diagnostic(&request) {
            self.push_without_excerpt(diagnostic, table.get("request").map(Spanned::span));
        }
        let mut service = self.service(&table_name, table, target?, shared, None)?;
        service.body_variables = names_in(&request.to_string()).map(str::to_owned).collect();
        let response = match &read.response {
            Some(_) => Some(self.response(&table_name, table, &layers)?),
            None => None,
        };
        let pointers = read.error.iter().map(|pointer| ("error", pointer));
        for (key, pointer) in pointers.chain(read.usage.values().map(|pointer| ("usage", pointer))) {
            if let Some(diagnostic) = pointer_diagnostic(pointer) {
                self.push(diagnostic, table.get(key).map(Spanned::span));
            }
        }
        let mut usage = read.usage;
        let usage = UsagePointers {
            tokens_in: usage.remove("tokens_in"),
            tokens_out: usage.remove("tokens_out"),
            cost: usage.remove("cost"),
        };
        let offset_unit = read.offset_unit.map(|UnitName(unit)| unit);
        let settings = EndpointSettings { service, layers, request, response, error: read.error, usage, offset_unit };
        Some(ExtractorKind::Http(Box::new(settings)))
    }

    pub(super) fn openai(&mut self, name: &str, at: Range<usize>, table: &DeTable<'_>) -> Option<ExtractorKind> {
        let table_name = format!("extractors.{name}");
        let known: Vec<&str> = COMMON_KEYS
            .into_iter()
            .chain(REPLY_KEYS)
            .chain(MODEL_KEYS)
            .chain(SHARED_KEYS.into_iter().filter(|key| *key != "method"))
            .collect();
        self.refuse_unknown_keys(table, &table_name, &known);
        self.refuse_unknown_keys_below(table, "prices", &table_name, &PRICE_KEYS);
        let layers = self.required_layers(&table_name, at.clone(), table);
        let read: Option<ModelTable> = self.typed_table(table, &MODEL_KEYS);
        let shared: Option<SharedTable> = self.typed_table(table, &SHARED_KEYS);
        let (layers, read, shared) = (layers?, read?, shared?);
        if read.model.is_empty() {
            self.diagnostic(format!("[{table_name}] names no `model`"), Some(at), "write `model = \"gpt-4.1-mini\"`");
            return None;
        }
        for layer in &layers {
            if let Some(why) = refused(layer) {
                let message = format!("[{table_name}] cannot ask a model for `{layer}`, which {why}");
                let help =
                    "leave it out, or write a program or service that fills it (`kind = \"process\"` or `\"http\"`)";
                self.diagnostic(message, table.get("layers").map(Spanned::span), help);
            }
        }
        let base = read.base_url.as_deref().unwrap_or(DEFAULT_BASE);
        let target =
            self.target(table, "base_url", base, HttpUrl::new(base).and_then(|base| base.below("/chat/completions")));
        let service = self.service(&table_name, table, target?, shared, Some(DEFAULT_KEY))?;
        let prompt = self.prompt(&table_name, table, &read);
        for key in ["messages", "model", "stream"] {
            if read.extra.contains_key(key) {
                let message = format!("`extra` has `{key}`, which karat writes itself");
                let help = "set `prompt`, `system` and `model` instead; answers are not streamed";
                self.diagnostic(message, table.get("extra").map(Spanned::span), help);
            }
        }
        let extra = json_table(&read.extra);
        if let Some(diagnostic) = extra_diagnostic(&extra.clone().into()) {
            self.push_without_excerpt(diagnostic, table.get("extra").map(Spanned::span));
        }
        let price = |key| read.prices.get(key).map_or(0.0, |Price(price)| *price);
        let cached = read.prices.get("cached").map(|Price(price)| *price);
        let prices = Prices { tokens_in: price("tokens_in"), tokens_out: price("tokens_out"), cached };
        let AnswerFormName(answer) = read.response;
        if answer == AnswerForm::Text && layers != LayerSet::from([Layer::Summaries]) {
            let message = format!("[{table_name}] reads the answer as text, which is a summary and no other layer");
            let help = "write `layers = [\"summaries\"]`, or leave out `response`";
            self.diagnostic(message, table.get("response").map(Spanned::span), help);
        }
        let settings = ModelSettings {
            service,
            layers,
            model: read.model,
            system: read.system,
            prompt,
            labels: read.labels,
            temperature: read.temperature.0,
            seed: read.seed,
            max_tokens: read.max_tokens.map(|PositiveCount(count)| count),
            extra,
            prices: (!read.prices.is_empty()).then_some(prices),
            answer,
            strict_answer: read.strict_answer,
        };
        Some(ExtractorKind::OpenAi(Box::new(settings)))
    }

    /// Reads the layers. They are required, since a service has no handshake in which it could
    /// report them.
    fn required_layers(&mut self, table_name: &str, at: Range<usize>, table: &DeTable<'_>) -> Option<LayerSet> {
        let layers = self.layers(table);
        if layers.as_ref().is_none_or(LayerSet::is_empty) {
            let diagnostic = format!("[{table_name}] names no `layers`");
            self.diagnostic(diagnostic, Some(at), "write the layers that it fills, as in `layers = [\"entities\"]`");
            return None;
        }
        layers
    }

    fn target(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        written: &str,
        target: Result<HttpUrl, String>,
    ) -> Option<HttpUrl> {
        if let Some(diagnostic) = query_diagnostic(key, written) {
            self.push_without_excerpt(diagnostic, table.get(key).map(Spanned::span));
        }
        target
            .map_err(|why| {
                self.push_without_excerpt(Diagnostic::new(format!("`{key}` {why}")), table.get(key).map(Spanned::span));
            })
            .ok()
    }

    fn service(
        &mut self,
        table_name: &str,
        table: &DeTable<'_>,
        target: HttpUrl,
        read: SharedTable,
        default_key: Option<&str>,
    ) -> Option<Service> {
        let mut service = Service::new(target);
        // An empty name means that the service needs no key.
        service.key_env = read.key_env.or(default_key.map(str::to_owned)).filter(|name| !name.is_empty());
        let mut is_sound = true;
        for (header, value) in &read.headers {
            if let Some(diagnostic) = header_diagnostic(header, value, service.key_env.as_deref()) {
                is_sound = false;
                let written = table.get("headers");
                let own = written.and_then(|headers| headers.get_ref().get(header.as_str()));
                self.push_without_excerpt(diagnostic, own.or(written).map(Spanned::span));
            }
        }
        if read.replay.is_some() && read.cassettes.is_none() {
            is_sound = false;
            let diagnostic = format!("[{table_name}] has `replay` and no `cassettes`");
            let help = "name the folder of recorded answers, as in `cassettes = \"cassettes/mine\"`";
            self.diagnostic(diagnostic, table.get("replay").map(Spanned::span), help);
        }
        service.method = read.method.0;
        service.ca = read.ca.map(|file| self.folder.join(file));
        service.headers = read.headers;
        service.concurrency = read.concurrency.map_or(service.concurrency, |Count(count)| count);
        service.rate = read.rate.map(|RateText(rate)| rate);
        service.timeout = read.timeout.map_or(service.timeout, |Time(time)| time);
        service.retries = read.retries.unwrap_or(service.retries);
        service.backoff = read.backoff.map_or(service.backoff, |Time(time)| time);
        service.max_wait = read.max_wait.map_or(service.max_wait, |Time(time)| time);
        service.max_output = read.max_output.map_or(self.limits.reply, |Size(size)| size);
        service.max_text = read.max_text.map(|Size(size)| size);
        service.cassettes = read.cassettes.map(|folder| self.folder.join(folder));
        service.replay = read.replay.map_or(service.replay, |ReplayName(replay)| replay);
        is_sound.then_some(service)
    }

    fn prompt(&mut self, table_name: &str, table: &DeTable<'_>, read: &ModelTable) -> Option<PromptSource> {
        let known = ["text", "id", "labels", "meta"];
        for (key, text) in [("prompt", &read.prompt), ("system", &read.system)] {
            let text = text.as_deref().unwrap_or_default();
            self.refuse_unknown_placeholders(table, key, text, &known);
            if names_in(text).next().is_some() {
                let message = format!("`{key}` has `{{env:...}}`, which is not filled there");
                let help = "it stands in `headers`, in the query of `base_url`, or in `request` of the kind `http`";
                self.diagnostic(message, table.get(key).map(Spanned::span), help);
            }
        }
        match (&read.prompt, &read.prompt_file) {
            (Some(_), Some(_)) => {
                let diagnostic = format!("[{table_name}] has both `prompt` and `prompt_file`");
                self.diagnostic(diagnostic, table.get("prompt_file").map(Spanned::span), "remove one of them");
                None
            }
            (Some(text), None) => {
                if !text.contains("{text}") {
                    let diagnostic = "the prompt does not contain the document's text".to_owned();
                    self.diagnostic(
                        diagnostic,
                        table.get("prompt").map(Spanned::span),
                        "write `{text}` where the text belongs",
                    );
                }
                Some(PromptSource::Here(text.clone()))
            }
            (None, Some(file)) => Some(PromptSource::File(self.folder.join(file))),
            (None, None) => None,
        }
    }

    fn refuse_unknown_placeholders(&mut self, table: &DeTable<'_>, key: &str, text: &str, known: &[&'static str]) {
        if let Some((name, near)) = unknown_id(text, known) {
            let message = format!("`{{{name}}}` in `{key}` is not a placeholder");
            self.diagnostic(message, table.get(key).map(Spanned::span), &format!("did you mean `{{{near}}}`?"));
        }
    }

    fn refuse_unknown_keys_below(&mut self, table: &DeTable<'_>, key: &str, table_name: &str, known: &[&str]) {
        if let Some(DeValue::Table(below)) = table.get(key).map(Spanned::get_ref) {
            self.refuse_unknown_keys(below, &format!("{table_name}.{key}"), known);
        }
    }
}
