//! What is wrong with `karat.toml`, or with a selection from it.

use crate::cli::{CONFIG, Cli, assert_cmd};

/// Runs with a configuration that is the usual one with something replaced.
fn with(from: &str, to: &str) -> (Cli, Vec<&'static str>) {
    assert!(CONFIG.contains(from));
    let cli = Cli::with_dataset();
    cli.write("karat.toml", CONFIG.replacen(from, to, 1));
    (cli, vec!["run"])
}

macro_rules! config_error {
    ($name:ident, $from:expr, $to:expr) => {
        #[test]
        fn $name() {
            let (cli, args) = with($from, $to);
            assert_cmd!(stringify!($name), cli.karat(&args));
            assert!(!cli.exists("reports"), "nothing is written after an error");
        }
    };
}

config_error!(broken_toml, "[datasets.d]", "[datasets.d");
config_error!(unknown_section, "[extractors.lead]", "[extractor.lead]");
config_error!(unknown_key_of_a_dataset, "golden =", "goldn =");
config_error!(unknown_option, "min_words", "min_word");
config_error!(option_of_the_wrong_type, "min_words = 1", "min_words = \"one\"");
config_error!(no_kind, "kind = \"builtin\"\n\n", "");
config_error!(unknown_kind, "\"builtin\"", "\"bultin\"");
config_error!(unknown_builtin, "[extractors.patterns]", "[extractors.paterns]");
config_error!(wrong_type, "\"docs\"", "1");
config_error!(unknown_layer, "golden = \"golden\"", "golden = \"golden\"\nlayers = [\"entites\"]");
config_error!(layer_without_gold, "golden = \"golden\"", "golden = \"golden\"\nlayers = [\"keyphrases\"]");
config_error!(unknown_dataset_of_an_extractor, "min_words = 1", "datasets = [\"e\"]");
config_error!(
    unknown_extractor_of_a_profile,
    "[extractors.lead]",
    "[profiles.ci]\nextractors = [\"leda\"]\n[extractors.lead]"
);
config_error!(section_that_is_no_table, "[datasets.d]", "profiles = 1\n[datasets.d]");
config_error!(
    predictions_without_a_path,
    "[extractors.lead]\nkind = \"builtin\"",
    "[extractors.p]\nkind = \"predictions\""
);

#[test]
fn every_diagnostic_in_one_go() {
    let cli = Cli::with_dataset();
    cli.write("karat.toml", "dataset = 1\n[datasets.d]\ndocs = \"x\"\n[extractors.leed]\nkind = \"builtin\"\n");
    assert_cmd!("every_error_at_once", cli.karat(&["run"]));
}

#[test]
fn no_configuration() {
    assert_cmd!("no_configuration", Cli::new().karat(&["run"]));
}

#[test]
fn selection_of_unknown_ids() {
    let cli = Cli::with_dataset();
    assert_cmd!("selection_of_an_unknown_extractor", cli.karat(&["run", "--extractor", "pattern"]));
    assert_cmd!("selection_of_an_unknown_dataset", cli.karat(&["run", "--dataset", "x"]));
    assert_cmd!("selection_of_an_unknown_profile", cli.karat(&["run", "--profile", "ci"]));
}

#[test]
fn nothing_selected() {
    let cli = Cli::with_dataset();
    cli.write("karat.toml", CONFIG.replace("min_words = 1", "min_words = 1\ndatasets = []"));
    assert_cmd!("nothing_selected", cli.karat(&["run", "--extractor", "lead"]));
}
