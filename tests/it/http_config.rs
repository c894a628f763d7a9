//! What is wrong with the tables of services.

use crate::cli::assert_cmd;
use crate::process::project_with;

macro_rules! faulty {
    ($name:ident, $table:expr) => {
        #[test]
        fn $name() {
            let cli = project_with(&["Ada"], $table);
            assert_cmd!(stringify!($name), cli.karat(&["run"]));
            assert!(!cli.exists("reports"), "nothing is written after an error");
        }
    };
}

faulty!(http_without_anything, "kind = \"http\"");
faulty!(http_without_a_url, "kind = \"http\"\nlayers = [\"entities\"]");
faulty!(http_url_with_a_key, "kind = \"http\"\nurl = \"https://me:secret@example.com/\"\nlayers = [\"entities\"]");
faulty!(
    http_with_invalid_values,
    r#"kind = "http"
url = "https://example.com/"
layers = ["entities"]
method = "GET"
rate = "many"
timeout = "soon"
retries = -1
concurrency = 0
max_output = "big"
replay = "always"
offset_unit = "utf8"
urll = 1
usage = {tokens = "/x"}
"#
);
faulty!(
    http_with_invalid_parts,
    r#"kind = "http"
url = "https://example.com/"
layers = ["entities"]
key_env = "KEY"
replay = "only"
headers = {Authorization = "Bearer {env:KEY}", X-Api-Key = "sk-1", Host = "x", X-A = "{env:}"}
"#
);
faulty!(
    http_with_keys_written_out,
    r#"kind = "http"
url = "https://example.com/extract?key=0123&v=1"
layers = ["entities"]
headers = {Ocp-Apim-Subscription-Key = "0123", X-Goog-Api-Key = "0123", Authorization = "Bearer 0123"}
request = {text = "{text}", password = "0123"}
"#
);
faulty!(
    http_with_keys_in_the_body,
    r#"kind = "http"
url = "https://example.com/extract?key={env:MY_KEY}"
layers = ["entities"]
headers = {Ocp-Apim-Subscription-Key = "0123", X-Goog-Api-Key = "0123", Authorization = "Bearer 0123"}
request = {text = "{text}", password = "0123"}
"#
);
faulty!(
    openai_with_keys_written_out,
    r#"kind = "openai"
model = "m"
layers = ["entities"]
base_url = "https://example.com/openai?subscription-key=0123"
"#
);
faulty!(
    openai_with_a_variable_in_the_prompt,
    r#"kind = "openai"
model = "m"
layers = ["entities"]
prompt = "{env:MY_KEY} {text}"
"#
);
faulty!(
    openai_with_a_key_in_extra,
    r#"kind = "openai"
model = "m"
layers = ["entities"]
extra = {prompt_cache_key = "mine", litellm = [{api_key = "sk-live-0123"}]}
"#
);
faulty!(
    openai_with_a_variable_in_extra,
    r#"kind = "openai"
model = "m"
layers = ["entities"]
extra = {api_key = "{env:MY_KEY}"}
"#
);
faulty!(
    http_with_invalid_pointers,
    r#"kind = "http"
url = "https://example.com/"
layers = ["entities"]
request = {content = "{txt}"}
error = "message"
response = {entities = "data", strat = "/x", end = 1, summary = "/summary"}
"#
);
faulty!(
    http_with_an_invalid_shape,
    r#"kind = "http"
url = "https://example.com/"
layers = ["entities"]
response = {json = "outputs", tokens = "words", length = "/len", end = "/end", quotes = "yes", max_confidence = 0, inclusive_end = true, labels = ["A"]}
"#
);
faulty!(openai_without_a_model, "kind = \"openai\"\nlayers = [\"entities\"]");
faulty!(
    openai_layers_that_cannot_be_asked_for,
    "kind = \"openai\"\nmodel = \"m\"\nlayers = [\"entities\", \"relations\", \"records.statements\"]"
);
faulty!(
    openai_with_invalid_values,
    r#"kind = "openai"
model = "m"
layers = ["entities"]
temperature = "hot"
max_tokens = 0
labels = "PERSON"
prices = {tokens_in = -1}
method = "PUT"
"#
);
faulty!(
    openai_with_invalid_parts,
    r#"kind = "openai"
model = "m"
layers = ["entities"]
prompt = "Say {lables}"
prompt_file = "x.md"
prices = {token_in = 1}
extra = {stream = true}
"#
);
faulty!(
    openai_prompt_file_that_is_not_there,
    "kind = \"openai\"\nmodel = \"m\"\nlayers = [\"entities\"]\nprompt_file = \"x.md\""
);

#[test]
fn openai_prompt_file_with_a_diagnostic() {
    let cli =
        project_with(&["Ada"], "kind = \"openai\"\nmodel = \"m\"\nlayers = [\"entities\"]\nprompt_file = \"x.md\"");
    cli.write("x.md", "Label this:\n\n{txt}\n");
    assert_cmd!("openai_prompt_file_with_an_error", cli.karat(&["run"]));
    cli.write("x.md", "Label this.\n");
    assert_cmd!("openai_prompt_file_without_a_place", cli.karat(&["run"]));
}

#[test]
fn replay_by_another_word() {
    let cli = project_with(&["Ada"], "kind = \"http\"\nurl = \"http://localhost:1/\"\nlayers = [\"entities\"]");
    assert_cmd!("replay_by_another_word", cli.karat(&["run"]).env("KARAT_REPLAY", "onyl"));
}
